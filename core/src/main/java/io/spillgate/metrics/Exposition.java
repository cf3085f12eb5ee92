package io.spillgate.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.spillgate.config.Build;
import io.spillgate.net.BusyTime;
import io.spillgate.net.Work;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/// The numbers as text for a scraper.
final class Exposition {
    private static final int USUAL_BYTES = 32 * 1024;

    private final Metrics metrics;
    private final ExpositionFormatWriter plainText = PrometheusTextFormatWriter.create();
    private final ExpositionFormatWriter openMetrics = OpenMetricsTextFormatWriter.create();

    Exposition(Metrics metrics) {
        this.metrics = metrics;
    }

    String contentType(@Nullable String accept) {
        return writer(accept).getContentType();
    }

    byte[] write(@Nullable String accept) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(USUAL_BYTES);
        PoolFamilies pools = new PoolFamilies(metrics.poolReports());
        try {
            out.write(names(withoutRow(pools), accept).getBytes(UTF_8));
            writer(accept).write(out, snapshots(pools));
        } catch (IOException e) {
            throw new UncheckedIOException("an array refused bytes", e);
        }
        return out.toByteArray();
    }

    private ExpositionFormatWriter writer(@Nullable String accept) {
        return AcceptedFormat.of(accept) == AcceptedFormat.OPEN_METRICS ? openMetrics : plainText;
    }

    private List<Metric> withoutRow(PoolFamilies pools) {
        return Metric.all().stream()
                .filter(metric ->
                        switch (metric) {
                            case PoolMetric _ -> pools.isEmpty();
                            case Gauge gauge when gauge.isNamed() ->
                                    metrics.valuesByName(gauge).isEmpty();
                            default -> false;
                        })
                .toList();
    }

    /// The families without a row. The library leaves out what has none; a metric that is absent
    /// would mean that there is no gateway.
    private static String names(List<Metric> families, @Nullable String accept) {
        boolean openMetrics = AcceptedFormat.of(accept) == AcceptedFormat.OPEN_METRICS;
        StringBuilder names = new StringBuilder();
        for (Metric metric : families) {
            String name = metric.metricName();
            if (openMetrics) {
                // The suffix belongs to the sample there, not to the family.
                name = name.replaceFirst("_total$", "");
            }
            names.append(
                    "# HELP %s %s\n# TYPE %s %s\n"
                            .formatted(name, metric.description().help(), name, metric.type()));
        }
        return names.toString();
    }

    private MetricSnapshots snapshots(PoolFamilies pools) {
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        for (MetricSnapshot snapshot : Jvm.REGISTRY.scrape()) {
            all.metricSnapshot(snapshot);
        }
        for (Metric metric : Metric.all()) {
            all.metricSnapshot(
                    switch (metric) {
                        case Counter counter -> counter(counter);
                        case Gauge gauge when gauge == Gauge.BUILD_INFO -> build();
                        case Gauge gauge -> gauge(gauge);
                        case Timing timing -> timing(timing);
                        case PoolMetric pool -> pools.snapshot(pool);
                    });
        }
        return all.build();
    }

    private CounterSnapshot counter(Counter counter) {
        CounterSnapshot.Builder builder =
                CounterSnapshot.builder()
                        .name(counter.metricName())
                        .help(counter.description().help());
        if (counter == Counter.REQUESTS) {
            addRequests(builder);
        } else if (counter == Counter.EVENT_LOOP_BUSY) {
            addBusyTimes(builder);
        } else if (counter.labelNames().isEmpty()) {
            builder.dataPoint(counted(Labels.EMPTY, (double) metrics.total(counter)));
        } else {
            String name = counter.labelNames().getFirst();
            for (int i = 0; i < counter.labelValues().size(); i++) {
                Labels labels = Labels.of(name, counter.labelValues().get(i));
                builder.dataPoint(counted(labels, (double) metrics.total(counter, i)));
            }
        }
        return builder.build();
    }

    private void addRequests(CounterSnapshot.Builder builder) {
        for (Handler handler : Handler.values()) {
            addRequests(builder, handler, Cells.OTHER_STATUS);
            for (int status = Cells.MIN_STATUS; status <= Cells.MAX_STATUS; status++) {
                addRequests(builder, handler, status);
            }
        }
    }

    private void addRequests(CounterSnapshot.Builder builder, Handler handler, int status) {
        long total = metrics.total(handler, status);
        if (total == 0 && status != handler.usualStatus()) {
            return;
        }
        String label = status == Cells.OTHER_STATUS ? "other" : Integer.toString(status);
        Labels labels = Labels.of("handler", Counter.label(handler), "status", label);
        builder.dataPoint(counted(labels, (double) total));
    }

    private void addBusyTimes(CounterSnapshot.Builder builder) {
        List<BusyTime> loops = metrics.busyTimeByLoop();
        for (int i = 0; i < loops.size(); i++) {
            String loop = Integer.toString(i + 1);
            for (Work work : Work.busy()) {
                Labels labels = Labels.of("loop", loop, "work", Counter.label(work));
                builder.dataPoint(counted(labels, loops.get(i).nanos(work) / 1e9));
            }
        }
    }

    private static CounterDataPointSnapshot counted(Labels labels, double value) {
        return CounterDataPointSnapshot.builder().labels(labels).value(value).build();
    }

    private GaugeSnapshot gauge(Gauge gauge) {
        GaugeSnapshot.Builder builder =
                GaugeSnapshot.builder().name(gauge.metricName()).help(gauge.description().help());
        if (gauge.isPerLoop()) {
            String name = gauge.labelNames().getFirst();
            double[] values = metrics.valuesByLoop(gauge);
            for (int i = 0; i < values.length; i++) {
                builder.dataPoint(point(Labels.of(name, Integer.toString(i + 1)), values[i]));
            }
        } else if (gauge.isNamed()) {
            String name = gauge.labelNames().getFirst();
            metrics.valuesByName(gauge)
                    .forEach((of, value) -> builder.dataPoint(point(Labels.of(name, of), value)));
        } else {
            builder.dataPoint(point(Labels.EMPTY, metrics.value(gauge)));
        }
        return builder.build();
    }

    /// A type of its own in OpenMetrics, whose families have no `_info`.
    private static InfoSnapshot build() {
        List<String> names = Gauge.BUILD_INFO.labelNames();
        Labels labels =
                Labels.of(
                        names.getFirst(),
                        Build.version(),
                        names.getLast(),
                        Runtime.version().toString());
        return InfoSnapshot.builder()
                .name(Gauge.BUILD_INFO.metricName().replaceFirst("_info$", ""))
                .help(Gauge.BUILD_INFO.description().help())
                .dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder().labels(labels).build())
                .build();
    }

    private static GaugeDataPointSnapshot point(Labels labels, double value) {
        return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
    }

    private HistogramSnapshot timing(Timing timing) {
        ClassicHistogramBuckets buckets =
                ClassicHistogramBuckets.of(
                        Buckets.upperBoundsSeconds(), metrics.bucketCounts(timing));
        return HistogramSnapshot.builder()
                .name(timing.metricName())
                .help(timing.description().help())
                .dataPoint(
                        HistogramDataPointSnapshot.builder()
                                .classicHistogramBuckets(buckets)
                                .sum(metrics.sumNanos(timing) / 1e9)
                                .build())
                .build();
    }

    /// The metrics of the JVM and the process. They are one set for the process, however many
    /// gateways live in it, because each set hangs a listener on the garbage collectors for ever.
    private static final class Jvm {
        static final PrometheusRegistry REGISTRY = register();

        private static PrometheusRegistry register() {
            PrometheusRegistry registry = new PrometheusRegistry();
            JvmMetrics.builder().register(registry);
            return registry;
        }
    }
}
