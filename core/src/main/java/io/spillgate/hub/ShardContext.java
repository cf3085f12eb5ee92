package io.spillgate.hub;

import io.netty.channel.EventLoop;
import io.spillgate.log.Logs;
import io.spillgate.log.Reader;
import io.spillgate.log.Watcher;
import io.spillgate.metrics.Cells;
import io.spillgate.metrics.Counter;
import io.spillgate.net.Faults;
import io.spillgate.net.LoopMeter;
import io.spillgate.net.WallClock;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/// What all streams and topics of one loop share: clocks, counters, buffers, settings, and the logs
/// with the loop's reader of them. Confined to the loop.
///
/// It knows neither streams nor topics, so that each of them can know it.
final class ShardContext {
    /// An age beyond this is that of a clock that is wrong, not of an event.
    private static final long LONGEST_LATENCY_NANOS = TimeUnit.DAYS.toNanos(1);

    private static final int COPY_BUFFER_BYTES = 64 * 1024;

    private final EventLoop loop;
    private final LoopMeter meter;
    private final WallClock clock;
    private final Faults faults;
    private final Logs logs;
    private final Cells cells;
    private final Runnable news;
    private final Batches batches = new Batches();
    private final ByteBuffer copyBuffer = ByteBuffer.allocateDirect(COPY_BUFFER_BYTES);
    private final Reader reader;
    private StreamTimes times;

    /// @param watcher called on any thread when a topic has something new
    /// @param news hears, on the loop, which topics have begun to have events, or have lost some
    ShardContext(
            EventLoop loop,
            LoopMeter meter,
            WallClock clock,
            Faults faults,
            Logs logs,
            Cells cells,
            StreamTimes times,
            Watcher watcher,
            Runnable news) {
        this.loop = loop;
        this.meter = meter;
        this.clock = clock;
        this.faults = faults;
        this.logs = logs;
        this.cells = cells;
        this.times = times;
        this.news = news;
        reader = logs.reader(watcher);
    }

    EventLoop loop() {
        return loop;
    }

    LoopMeter meter() {
        return meter;
    }

    long nanoTime() {
        return meter.nanoTime().getAsLong();
    }

    Faults faults() {
        return faults;
    }

    Logs logs() {
        return logs;
    }

    /// Who delivers on this loop, as the logs know him.
    Reader reader() {
        return reader;
    }

    Cells cells() {
        return cells;
    }

    StreamTimes times() {
        return times;
    }

    /// Takes over changed settings.
    void times(StreamTimes changed) {
        assert loop.inEventLoop();
        times = changed;
    }

    /// A direct buffer for whoever writes at this moment.
    ByteBuffer copyBuffer() {
        return copyBuffer;
    }

    Batches batches() {
        return batches;
    }

    /// Has it heard which topics have begun to have events, or have lost some.
    void hearNews() {
        assert loop.inEventLoop();
        news.run();
    }

    void sent(long bytes) {
        cells.add(Counter.BYTES_SENT, bytes);
    }

    /// @param epochNanos when the first of the events was published, perhaps by another clock
    void delivered(long epochNanos, int events) {
        cells.add(Counter.MESSAGES_SENT, events);
        long age = Math.clamp(clock.epochNanos() - epochNanos, 0, LONGEST_LATENCY_NANOS);
        cells.deliveryLatency(age, events);
    }
}
