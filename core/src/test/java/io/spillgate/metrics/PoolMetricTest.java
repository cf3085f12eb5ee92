package io.spillgate.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.spillgate.client.pool.PoolFailure;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

class PoolMetricTest {
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0";

    private final Metrics metrics = new Metrics(1);

    @ParameterizedTest
    @EnumSource(PoolMetric.class)
    void everyNameIsThereWithoutAPool(PoolMetric metric) {
        assertThat(lines(null))
                .containsOnlyOnce(
                        "# HELP " + metric.metricName() + " " + metric.description().help())
                .containsOnlyOnce("# TYPE " + metric.metricName() + " " + metric.type());
    }

    @ParameterizedTest
    @EnumSource(PoolMetric.class)
    void everyNameIsThereOnceWithPools(PoolMetric metric) {
        metrics.pools(
                () -> List.of(PoolReports.untouched("one"), PoolReports.untouched("another")));

        assertThat(lines(null))
                .containsOnlyOnce(
                        "# HELP " + metric.metricName() + " " + metric.description().help())
                .containsOnlyOnce("# TYPE " + metric.metricName() + " " + metric.type());
    }

    @Test
    void openMetricsNamesTheFamilyOfACounterWithoutItsSuffix() {
        List<String> withoutPool = lines(OPEN_METRICS);
        metrics.pools(() -> List.of(PoolReports.untouched("one")));

        for (List<String> lines : List.of(withoutPool, lines(OPEN_METRICS))) {
            assertThat(lines)
                    .contains("# TYPE spillgate_pool_requests counter")
                    .contains("# TYPE spillgate_pool_queued gauge")
                    .doesNotContain("# TYPE spillgate_pool_requests_total counter")
                    .endsWith("# EOF");
        }
    }

    @Test
    void aPoolThatNobodyHasUsedHasARowForEveryLabelValue() {
        metrics.pools(() -> List.of(PoolReports.untouched("app")));

        List<String> expected = new ArrayList<>();
        for (String name :
                List.of(
                        "queued",
                        "in_flight",
                        "requests_total",
                        "retries_total",
                        "replays_total")) {
            expected.add("spillgate_pool_" + name + "{destination=\"app\"} 0.0");
        }
        for (String state : List.of("connecting", "idle", "active", "streaming")) {
            expected.add(
                    "spillgate_pool_connections{destination=\"app\",state=\"%s\"} 0.0"
                            .formatted(state));
        }
        for (PoolFailure cause : PoolFailure.values()) {
            expected.add(
                    "spillgate_pool_failures_total{cause=\"%s\",destination=\"app\"} 0.0"
                            .formatted(Counter.label(cause)));
        }
        expected.add("spillgate_pool_wait_seconds_count{destination=\"app\"} 0");
        assertThat(lines(null)).containsAll(expected);
    }

    @Test
    void everyNumberOfAReportStandsInItsOwnRow() {
        DurationHistogram waits = new DurationHistogram();
        waits.add(0);
        waits.add(3_000_000);
        Map<PoolFailure, Long> failures =
                Map.of(PoolFailure.QUEUE_FULL, 20L, PoolFailure.CONNECT_REFUSED, 21L);
        metrics.pools(() -> List.of(PoolReports.used("app", 11, failures, waits)));

        assertThat(lines(null))
                .contains(
                        "spillgate_pool_connections{destination=\"app\",state=\"connecting\"} 11.0",
                        "spillgate_pool_connections{destination=\"app\",state=\"idle\"} 12.0",
                        "spillgate_pool_connections{destination=\"app\",state=\"active\"} 13.0",
                        "spillgate_pool_connections{destination=\"app\",state=\"streaming\"} 19.0",
                        "spillgate_pool_queued{destination=\"app\"} 14.0",
                        "spillgate_pool_in_flight{destination=\"app\"} 15.0",
                        "spillgate_pool_requests_total{destination=\"app\"} 16.0",
                        "spillgate_pool_retries_total{destination=\"app\"} 17.0",
                        "spillgate_pool_replays_total{destination=\"app\"} 18.0",
                        "spillgate_pool_failures_total{cause=\"queue_full\",destination=\"app\"}"
                                + " 20.0",
                        "spillgate_pool_failures_total{cause=\"connect_refused\","
                                + "destination=\"app\"} 21.0",
                        "spillgate_pool_failures_total{cause=\"reset\",destination=\"app\"} 0.0",
                        "spillgate_pool_wait_seconds_bucket{destination=\"app\",le=\"5.0E-5\"} 1",
                        "spillgate_pool_wait_seconds_bucket{destination=\"app\",le=\"0.002\"} 1",
                        "spillgate_pool_wait_seconds_bucket{destination=\"app\",le=\"0.005\"} 2",
                        "spillgate_pool_wait_seconds_count{destination=\"app\"} 2",
                        "spillgate_pool_wait_seconds_sum{destination=\"app\"} 0.003");
    }

    @Test
    void poolsStandSideBySide() {
        metrics.pools(() ->
                List.of(
                        PoolReports.used("a", 1, Map.of(), new DurationHistogram()),
                        PoolReports.used("b", 101, Map.of(), new DurationHistogram())));

        assertThat(lines(null))
                .contains(
                        "spillgate_pool_queued{destination=\"a\"} 4.0",
                        "spillgate_pool_queued{destination=\"b\"} 104.0");
    }

    @Test
    void aDestinationThatIsBeingReplacedIsAddedUp() {
        DurationHistogram before = new DurationHistogram();
        before.add(60_000);
        DurationHistogram after = new DurationHistogram();
        after.add(60_000);
        after.add(1);
        metrics.pools(() ->
                List.of(
                        PoolReports.used("a", 1, Map.of(PoolFailure.TLS, 2L), before),
                        PoolReports.used("a", 10, Map.of(PoolFailure.TLS, 3L), after)));

        assertThat(lines(null))
                .contains(
                        "spillgate_pool_connections{destination=\"a\",state=\"active\"} 15.0",
                        "spillgate_pool_requests_total{destination=\"a\"} 21.0",
                        "spillgate_pool_failures_total{cause=\"tls\",destination=\"a\"} 5.0",
                        "spillgate_pool_wait_seconds_bucket{destination=\"a\",le=\"5.0E-5\"} 1",
                        "spillgate_pool_wait_seconds_bucket{destination=\"a\",le=\"1.0E-4\"} 3",
                        "spillgate_pool_wait_seconds_sum{destination=\"a\"} 1.20001E-4");
    }

    @Test
    void theNameOfADestinationStaysInsideItsQuotes() {
        metrics.pools(() -> List.of(PoolReports.untouched("a\"} 1\nspillgate_up 1\\")));

        assertThat(lines(null))
                .contains(
                        "spillgate_pool_queued{destination=\"a\\\"} 1\\nspillgate_up 1\\\\\"} 0.0")
                .noneMatch(line -> line.startsWith("spillgate_up"));
    }

    @Test
    void everyScrapeAsksOnceForTheReportsOfThatMoment() {
        AtomicInteger asked = new AtomicInteger();
        metrics.pools(() ->
                List.of(
                        PoolReports.used(
                                "a", asked.incrementAndGet(), Map.of(), new DurationHistogram())));

        assertThat(lines(null)).contains("spillgate_pool_queued{destination=\"a\"} 4.0");
        assertThat(lines(null)).contains("spillgate_pool_queued{destination=\"a\"} 5.0");
    }

    private List<String> lines(@Nullable String accept) {
        return new String(metrics.scrape(accept), UTF_8).lines().toList();
    }
}
