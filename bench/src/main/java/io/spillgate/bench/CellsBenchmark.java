package io.spillgate.bench;

import io.spillgate.metrics.Cells;
import io.spillgate.metrics.Counter;
import io.spillgate.metrics.Handler;
import io.spillgate.metrics.Metrics;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// What does it cost to count: in a loop's own cells, in those everybody shares, and, to compare,
/// in a [LongAdder]? Does a scrape stay cheap?
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CellsBenchmark {
    private final Metrics metrics = new Metrics(1);
    private final Cells own = metrics.cells(0);
    private final Cells shared = metrics.outside();
    private final LongAdder adder = new LongAdder();
    private long nanos;

    /// One counter of the loop's own cells.
    @Benchmark
    public void addToOwnCells() {
        own.add(Counter.MESSAGES_SENT, 1);
    }

    /// One counter of the cells that all other threads share.
    @Benchmark
    public void addToSharedCells() {
        shared.add(Counter.MESSAGES_SENT, 1);
    }

    /// The usual way, to compare.
    @Benchmark
    public void addToLongAdder() {
        adder.add(1);
    }

    /// A latency: two cells, and the search for the bucket, over durations from 0 to 1 s.
    @Benchmark
    public void deliveryLatency() {
        nanos = (nanos + 7_919_177) % 1_000_000_000;
        own.deliveryLatency(nanos, 1);
    }

    /// All that is counted for one request.
    @Benchmark
    public void request() {
        nanos = (nanos + 7_919_177) % 1_000_000_000;
        own.request(Handler.REPLY, 200, nanos);
    }

    /// A whole scrape, with the numbers of the JVM and the process.
    @Benchmark
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    public byte[] scrape() {
        return metrics.scrape(null);
    }
}
