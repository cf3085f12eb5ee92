package io.spillgate.metrics;

import io.spillgate.net.BusyTime;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/// All numbers of one gateway. Writers take their [Cells] once and keep them; scrapers sum over all
/// cells. Everything here may be called from any thread, but [#scrape] and [#statsJson] ask the JVM
/// and `/proc` and take milliseconds: not for an event loop.
public final class Metrics {
    private final List<Cells> loops = new ArrayList<>();
    private final Cells outside = new Cells(true);
    private final List<List<DoubleSupplier>> suppliers = new ArrayList<>();
    private final List<AtomicReferenceArray<DoubleSupplier>> loopSuppliers = new ArrayList<>();
    private final Map<Gauge, Supplier<Map<String, Double>>> named = new ConcurrentHashMap<>();
    private final AtomicReferenceArray<Supplier<BusyTime>> busyTime;
    private final List<Supplier<List<PoolReport>>> pools = new CopyOnWriteArrayList<>();
    private final LongSupplier nanoTime;
    private final long startNanos;
    private final Exposition exposition = new Exposition(this);

    /// @param loops the number of event loops
    public Metrics(int loops) {
        this(loops, System::nanoTime);
    }

    Metrics(int loops, LongSupplier nanoTime) {
        for (int i = 0; i < loops; i++) {
            this.loops.add(new Cells(false));
        }
        for (int i = 0; i < Gauge.values().length; i++) {
            suppliers.add(new CopyOnWriteArrayList<>());
            loopSuppliers.add(new AtomicReferenceArray<>(loops));
        }
        busyTime = new AtomicReferenceArray<>(loops);
        this.nanoTime = nanoTime;
        this.startNanos = nanoTime.getAsLong();
    }

    /// The cells of an event loop, to be written by that loop's thread only.
    ///
    /// @param loop from 0
    public Cells cells(int loop) {
        return loops.get(loop);
    }

    /// The cells for every thread that is no event loop.
    public Cells outside() {
        return outside;
    }

    /// Adds a supplier of a gauge's value, asked at every scrape, on the thread that scrapes: it
    /// must be safe to call from there, and quick. A gauge without a supplier is 0.
    public void gauge(Gauge gauge, DoubleSupplier value) {
        assert !gauge.isPerLoop() : gauge + " has a value for each loop";
        suppliersOf(gauge).add(value);
    }

    /// Sets the supplier of a gauge's value for one event loop; asked as the others are.
    ///
    /// @param loop from 0; the label counts from 1
    public void gauge(Gauge gauge, int loop, DoubleSupplier value) {
        assert gauge.isPerLoop() : gauge + " has one value for all loops";
        loopSuppliers.get(Layout.index(gauge)).set(loop, value);
    }

    /// Sets who knows the values of a gauge by their names; asked as the others are.
    public void gauges(Gauge gauge, Supplier<Map<String, Double>> values) {
        assert gauge.isNamed() : gauge + " has no names";
        named.put(gauge, values);
    }

    /// Sets who knows what one event loop spends its time on; asked as a gauge's supplier is.
    ///
    /// @param loop from 0; the label counts from 1
    public void busyTime(int loop, Supplier<BusyTime> ofLoop) {
        busyTime.set(loop, ofLoop);
    }

    /// Adds somebody who knows connection pools. Asked at every scrape, on the thread that scrapes:
    /// it must be safe to call from there, and not wait for an event loop.
    public void pools(Supplier<List<PoolReport>> reports) {
        pools.add(reports);
    }

    /// All numbers, and those of the JVM and the process, in the format that [#contentType] names.
    ///
    /// @param accept the request's Accept header
    public byte[] scrape(@Nullable String accept) {
        return exposition.write(accept);
    }

    /// The content type of what [#scrape] gives: OpenMetrics 1.0.0 if the client asks for it and
    /// does not prefer plain text, else the Prometheus text format 0.0.4.
    ///
    /// @param accept the request's Accept header
    public String contentType(@Nullable String accept) {
        return exposition.contentType(accept);
    }

    /// The numbers an operator looks at first, as one JSON object, for people and for scripts.
    ///
    /// @param more what others know: strings, numbers, booleans, null, maps and lists of these;
    ///   stands at the end, and wins where a key is the same
    public String statsJson(Map<String, ?> more) {
        return Stats.json(this, more);
    }

    /// Time since this object was made.
    long uptimeNanos() {
        return nanoTime.getAsLong() - startNanos;
    }

    /// A counter without a label, summed over all cells.
    long total(Counter counter) {
        return totalOfSlot(Layout.slot(counter));
    }

    /// A counter with one label, summed over its values and all cells.
    public long totalOfLabels(Counter counter) {
        return LongStream.range(0, counter.labelValues().size())
                .map(label -> total(counter, (int) label))
                .sum();
    }

    /// One label value of a counter, summed over all cells.
    long total(Counter counter, int labelIndex) {
        return totalOfSlot(Layout.slot(counter) + labelIndex);
    }

    /// The answers of a handler with one status, summed over all cells.
    long total(Handler handler, int status) {
        long total = outside.readStatus(handler, status);
        for (Cells cells : loops) {
            total += cells.readStatus(handler, status);
        }
        return total;
    }

    /// How many durations a histogram has counted.
    public long count(Timing timing) {
        return LongStream.of(bucketCounts(timing)).sum();
    }

    /// The counts of a histogram's buckets, each for itself.
    long[] bucketCounts(Timing timing) {
        long[] counts = new long[Buckets.COUNT];
        for (int bucket = 0; bucket < counts.length; bucket++) {
            counts[bucket] = totalOfSlot(Layout.slot(timing) + bucket);
        }
        return counts;
    }

    /// The sum of all durations of a histogram.
    public long sumNanos(Timing timing) {
        return totalOfSlot(Layout.sumSlot(timing));
    }

    /// What a gauge's suppliers say, put together by its rule.
    double value(Gauge gauge) {
        return gauge.combine(suppliersOf(gauge).stream().mapToDouble(DoubleSupplier::getAsDouble));
    }

    /// What a gauge's supplier says, by name; nothing when there is none.
    Map<String, Double> valuesByName(Gauge gauge) {
        Supplier<Map<String, Double>> values = named.get(gauge);
        return values == null ? Map.of() : values.get();
    }

    /// What a gauge's suppliers say, by loop.
    double[] valuesByLoop(Gauge gauge) {
        AtomicReferenceArray<DoubleSupplier> ofLoops = loopSuppliers.get(Layout.index(gauge));
        double[] values = new double[ofLoops.length()];
        for (int loop = 0; loop < values.length; loop++) {
            DoubleSupplier value = ofLoops.get(loop);
            values[loop] = value == null ? 0 : value.getAsDouble();
        }
        return values;
    }

    /// What every loop has spent its time on, in the order of their numbers; nothing if nobody
    /// knows.
    List<BusyTime> busyTimeByLoop() {
        List<BusyTime> all = new ArrayList<>();
        for (int loop = 0; loop < busyTime.length(); loop++) {
            Supplier<BusyTime> ofLoop = busyTime.get(loop);
            all.add(ofLoop == null ? BusyTime.of(Map.of()) : ofLoop.get());
        }
        return all;
    }

    /// All pools of this moment.
    List<PoolReport> poolReports() {
        return pools.stream().flatMap(reports -> reports.get().stream()).toList();
    }

    private List<DoubleSupplier> suppliersOf(Gauge gauge) {
        return suppliers.get(Layout.index(gauge));
    }

    private long totalOfSlot(int slot) {
        long total = outside.read(slot);
        for (Cells cells : loops) {
            total += cells.read(slot);
        }
        return total;
    }
}
