package io.spillgate.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/// The rows of [PoolMetric], made from the reports of one moment. Pools of one name (a changed
/// destination and the one it replaces, which drains) are added up, because a row can be there only
/// once.
final class PoolFamilies {
    private final Map<String, Sums> byDestination = new LinkedHashMap<>();

    PoolFamilies(List<PoolReport> pools) {
        for (PoolReport pool : pools) {
            byDestination.computeIfAbsent(pool.destination(), name -> new Sums()).add(pool);
        }
    }

    /// Whether there is no pool yet, and so no row.
    boolean isEmpty() {
        return byDestination.isEmpty();
    }

    MetricSnapshot snapshot(PoolMetric metric) {
        return switch (metric.kind()) {
            case COUNTER -> counter(metric);
            case GAUGE -> gauge(metric);
            case HISTOGRAM -> histogram(metric);
        };
    }

    private CounterSnapshot counter(PoolMetric metric) {
        CounterSnapshot.Builder family =
                CounterSnapshot.builder()
                        .name(metric.metricName())
                        .help(metric.description().help());
        forEachRow(
                metric,
                (labels, value) ->
                        family.dataPoint(
                                CounterDataPointSnapshot.builder()
                                        .labels(labels)
                                        .value((double) value)
                                        .build()));
        return family.build();
    }

    private GaugeSnapshot gauge(PoolMetric metric) {
        GaugeSnapshot.Builder family =
                GaugeSnapshot.builder().name(metric.metricName()).help(metric.description().help());
        forEachRow(
                metric,
                (labels, value) ->
                        family.dataPoint(
                                GaugeDataPointSnapshot.builder()
                                        .labels(labels)
                                        .value((double) value)
                                        .build()));
        return family.build();
    }

    private HistogramSnapshot histogram(PoolMetric metric) {
        HistogramSnapshot.Builder family =
                HistogramSnapshot.builder()
                        .name(metric.metricName())
                        .help(metric.description().help());
        byDestination.forEach((destination, sums) ->
                family.dataPoint(
                        HistogramDataPointSnapshot.builder()
                                .labels(Labels.of("destination", destination))
                                .classicHistogramBuckets(
                                        ClassicHistogramBuckets.of(
                                                Buckets.upperBoundsSeconds(), sums.of(metric)))
                                .sum(sums.waitNanos / 1e9)
                                .build()));
        return family.build();
    }

    private void forEachRow(PoolMetric metric, BiConsumer<Labels, Long> row) {
        byDestination.forEach((destination, sums) -> {
            Labels labels = Labels.of("destination", destination);
            long[] values = sums.of(metric);
            if (metric.labelValues().isEmpty()) {
                row.accept(labels, values[0]);
                return;
            }
            String name = metric.labelNames().getLast();
            for (int i = 0; i < values.length; i++) {
                row.accept(labels.add(name, metric.labelValues().get(i)), values[i]);
            }
        });
    }

    /// The numbers of all pools of one name.
    private static final class Sums {
        private final long[][] values = new long[PoolMetric.values().length][];
        private long waitNanos;

        void add(PoolReport pool) {
            for (PoolMetric metric : PoolMetric.values()) {
                List<Long> more = metric.values(pool);
                long[] sum = values[Layout.index(metric)];
                if (sum == null) {
                    sum = new long[more.size()];
                    values[Layout.index(metric)] = sum;
                }
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += more.get(i);
                }
            }
            waitNanos += pool.waitSumNanos();
        }

        long[] of(PoolMetric metric) {
            return values[Layout.index(metric)];
        }
    }
}
