package io.spillgate.metrics;

import java.util.ArrayList;
import java.util.List;

/// One number, or one family of numbers, that the gateway tells about itself. Every row of
/// [Counter], [Gauge], [Timing] and [PoolMetric] is one; there are no others.
public sealed interface Metric permits Counter, Gauge, Timing, PoolMetric {
    /// The name on the wire, with the prefix `spillgate_`.
    String metricName();

    /// What the number says, in one sentence.
    String help();

    /// What is counted: connections, events, bytes, seconds and so on.
    String unit();

    /// The names of the labels, in the order of the wire; empty when there is one number only.
    List<String> labelNames();

    /// The type of the exposition formats: counter, gauge or histogram.
    String type();

    /// All rows there are.
    static List<Metric> all() {
        List<Metric> all = new ArrayList<>();
        all.addAll(List.of(Counter.values()));
        all.addAll(List.of(Gauge.values()));
        all.addAll(List.of(Timing.values()));
        all.addAll(List.of(PoolMetric.values()));
        return List.copyOf(all);
    }
}
