package io.spillgate.metrics;

import java.util.ArrayList;
import java.util.List;

/// One number, or one family of numbers, that the gateway tells about itself. Every row of
/// [Counter], [Gauge], [Timing] and [PoolMetric] is one; there are no others.
public sealed interface Metric permits Counter, Gauge, Timing, PoolMetric {
    /// What there is to say about it.
    Description description();

    /// The type of the exposition formats: counter, gauge or histogram.
    String type();

    /// The name on the wire, with the prefix `spillgate_`.
    default String metricName() {
        return "spillgate_" + description().name();
    }

    /// The names of the labels, in the order of the wire; empty when there is one number only.
    default List<String> labelNames() {
        return description().labelNames();
    }

    /// All rows there are.
    static List<Metric> all() {
        List<Metric> all = new ArrayList<>();
        all.addAll(List.of(Counter.values()));
        all.addAll(List.of(Gauge.values()));
        all.addAll(List.of(Timing.values()));
        all.addAll(List.of(PoolMetric.values()));
        return List.copyOf(all);
    }

    /// A row in words.
    ///
    /// @param name the name on the wire, without the prefix
    /// @param unit what is counted: connections, events, bytes, seconds and so on
    /// @param help what the number says, in one sentence
    /// @param labelNames the names of the labels, in the order of the wire
    record Description(String name, String unit, String help, List<String> labelNames) {}
}
