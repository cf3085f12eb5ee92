package io.spillgate.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.spillgate.config.OverflowPolicy;
import io.spillgate.http.RequestRefusal;
import io.spillgate.hub.StreamEnd;
import io.spillgate.listener.ConnectionRefusal;
import io.spillgate.net.BusyTime;
import io.spillgate.net.Work;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

class ExpositionTest {
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0";

    private final Metrics metrics = new Metrics(2);

    @Test
    void writesACounterAsPrometheusText() {
        metrics.cells(0).add(Counter.MESSAGES_PUBLISHED, 12);

        assertThat(family(null, "spillgate_messages_published_total"))
                .isEqualTo(
                        """
                        # HELP spillgate_messages_published_total Events taken into the log of their topic.
                        # TYPE spillgate_messages_published_total counter
                        spillgate_messages_published_total 12.0
                        """);
    }

    @Test
    void writesACounterAsOpenMetrics() {
        metrics.cells(0).add(Counter.MESSAGES_PUBLISHED, 12);

        assertThat(family(OPEN_METRICS, "spillgate_messages_published"))
                .isEqualTo(
                        """
                        # TYPE spillgate_messages_published counter
                        # HELP spillgate_messages_published Events taken into the log of their topic.
                        spillgate_messages_published_total 12.0
                        """);
    }

    @Test
    void writesARowForEachKnownLabelValueFromTheStart() {
        assertThat(family(null, "spillgate_messages_dropped_total"))
                .endsWith(
                        """
                        spillgate_messages_dropped_total{policy="block"} 0.0
                        spillgate_messages_dropped_total{policy="drop_newest"} 0.0
                        spillgate_messages_dropped_total{policy="drop_oldest"} 0.0
                        """);
    }

    @Test
    void countsEachLabelValueInItsOwnRow() {
        metrics.cells(0).dropped(OverflowPolicy.DROP_OLDEST, 3);
        metrics.cells(0).add(Counter.SSE_DISCONNECTS, StreamEnd.TIMEOUT);
        metrics.cells(0).add(Counter.REQUESTS_REJECTED, RequestRefusal.NOT_FOUND);
        metrics.cells(0).add(Counter.CONNECTIONS_REJECTED, ConnectionRefusal.CAP);

        assertThat(lines())
                .contains(
                        "spillgate_messages_dropped_total{policy=\"drop_newest\"} 0.0",
                        "spillgate_messages_dropped_total{policy=\"drop_oldest\"} 3.0",
                        "spillgate_sse_disconnects_total{reason=\"timeout\"} 1.0",
                        "spillgate_sse_disconnects_total{reason=\"client\"} 0.0",
                        "spillgate_requests_rejected_total{reason=\"not_found\"} 1.0",
                        "spillgate_requests_rejected_total{reason=\"parse\"} 0.0",
                        "spillgate_connections_rejected_total{reason=\"cap\"} 1.0");
    }

    @Test
    void everyHandlerHasItsUsualAnswerFromTheStart() {
        assertThat(family(null, "spillgate_requests_total"))
                .endsWith(
                        """
                        spillgate_requests_total{handler="admin",status="200"} 0.0
                        spillgate_requests_total{handler="health",status="200"} 0.0
                        spillgate_requests_total{handler="none",status="400"} 0.0
                        spillgate_requests_total{handler="preflight",status="204"} 0.0
                        spillgate_requests_total{handler="proxy",status="200"} 0.0
                        spillgate_requests_total{handler="publish",status="200"} 0.0
                        spillgate_requests_total{handler="reply",status="200"} 0.0
                        spillgate_requests_total{handler="subscribe",status="200"} 0.0
                        """);
    }

    @Test
    void answersAppearUnderTheirStatus() {
        metrics.cells(0).request(Handler.PUBLISH, 401, 1);
        metrics.outside().request(Handler.PUBLISH, 401, 1);
        metrics.cells(0).request(Handler.REPLY, 777, 1);

        assertThat(lines())
                .contains(
                        "spillgate_requests_total{handler=\"publish\",status=\"401\"} 2.0",
                        "spillgate_requests_total{handler=\"reply\",status=\"other\"} 1.0");
    }

    @Test
    void theTotalOfTheQueuesIsAGaugeWithTheNameOfTheSpecification() {
        metrics.gauge(Gauge.QUEUE_DEPTH, () -> 4);
        metrics.gauge(Gauge.EVENTS_QUEUED, () -> 9);

        for (String accept : List.of("text/plain", OPEN_METRICS)) {
            assertThat(lines(accept))
                    .contains(
                            "# TYPE spillgate_queue_depth gauge",
                            "spillgate_queue_depth 4.0",
                            "# TYPE spillgate_events_queued gauge",
                            "spillgate_events_queued 9.0");
        }
    }

    @Test
    void suppliersOfOneGaugeAreAddedUpOrTheLargestIsTaken() {
        for (long waiting : new long[] {5, 11, 2}) {
            metrics.gauge(Gauge.QUEUE_DEPTH, () -> waiting);
            metrics.gauge(Gauge.EVENTS_QUEUED, () -> waiting);
        }

        assertThat(lines()).contains("spillgate_queue_depth 11.0", "spillgate_events_queued 18.0");
    }

    @ParameterizedTest
    @EnumSource(
            value = Gauge.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"EVENT_LOOP_UTILIZATION", "TLS_CERTIFICATE_EXPIRY", "BUILD_INFO"})
    void aGaugeWithoutASupplierIsZero(Gauge gauge) {
        assertThat(lines()).contains(gauge.metricName() + " 0.0");
    }

    @Test
    void everyLoopHasARowOfItsOwnAlsoWithoutASupplier() {
        metrics.gauge(Gauge.EVENT_LOOP_UTILIZATION, 1, () -> 0.25);

        assertThat(family(null, "spillgate_event_loop_utilization"))
                .endsWith(
                        """
                        spillgate_event_loop_utilization{loop="1"} 0.0
                        spillgate_event_loop_utilization{loop="2"} 0.25
                        """);
    }

    @Test
    void everyLoopTellsWhatItIsBusyWith() {
        metrics.busyTime(
                1,
                () ->
                        BusyTime.of(
                                Map.of(
                                        Work.IDLE, 9_000_000_000L,
                                        Work.FAN_OUT, 1_250_000_000L,
                                        Work.OTHER, 1L)));

        assertThat(family(null, "spillgate_event_loop_busy_seconds_total"))
                .endsWith(
                        """
                        # TYPE spillgate_event_loop_busy_seconds_total counter
                        spillgate_event_loop_busy_seconds_total{loop="1",work="accept"} 0.0
                        spillgate_event_loop_busy_seconds_total{loop="1",work="fan_out"} 0.0
                        spillgate_event_loop_busy_seconds_total{loop="1",work="other"} 0.0
                        spillgate_event_loop_busy_seconds_total{loop="1",work="proxy"} 0.0
                        spillgate_event_loop_busy_seconds_total{loop="1",work="receive"} 0.0
                        spillgate_event_loop_busy_seconds_total{loop="1",work="timers"} 0.0
                        spillgate_event_loop_busy_seconds_total{loop="2",work="accept"} 0.0
                        spillgate_event_loop_busy_seconds_total{loop="2",work="fan_out"} 1.25
                        spillgate_event_loop_busy_seconds_total{loop="2",work="other"} 1.0E-9
                        spillgate_event_loop_busy_seconds_total{loop="2",work="proxy"} 0.0
                        spillgate_event_loop_busy_seconds_total{loop="2",work="receive"} 0.0
                        spillgate_event_loop_busy_seconds_total{loop="2",work="timers"} 0.0
                        """);
    }

    @Test
    void theLagsOfAllLoopsAreOneHistogram() {
        metrics.cells(0).eventLoopLag(60_000);
        metrics.cells(1).eventLoopLag(3_000_000_000L);

        assertThat(lines())
                .contains(
                        "spillgate_event_loop_lag_seconds_bucket{le=\"5.0E-5\"} 0",
                        "spillgate_event_loop_lag_seconds_bucket{le=\"1.0E-4\"} 1",
                        "spillgate_event_loop_lag_seconds_count 2",
                        "spillgate_event_loop_lag_seconds_sum 3.00006");
    }

    @Test
    void writesAHistogramWithCumulativeBuckets() {
        metrics.cells(0).deliveryLatency(50_000, 1);
        metrics.cells(0).deliveryLatency(50_001, 2);
        metrics.cells(1).deliveryLatency(3_000_000_000L, 1);
        metrics.cells(1).deliveryLatency(60_000_000_000L, 1);

        assertThat(family(null, "spillgate_delivery_latency_seconds"))
                .endsWith(
                        """
                        # TYPE spillgate_delivery_latency_seconds histogram
                        spillgate_delivery_latency_seconds_bucket{le="5.0E-5"} 1
                        spillgate_delivery_latency_seconds_bucket{le="1.0E-4"} 3
                        spillgate_delivery_latency_seconds_bucket{le="2.0E-4"} 3
                        spillgate_delivery_latency_seconds_bucket{le="5.0E-4"} 3
                        spillgate_delivery_latency_seconds_bucket{le="0.001"} 3
                        spillgate_delivery_latency_seconds_bucket{le="0.002"} 3
                        spillgate_delivery_latency_seconds_bucket{le="0.005"} 3
                        spillgate_delivery_latency_seconds_bucket{le="0.01"} 3
                        spillgate_delivery_latency_seconds_bucket{le="0.02"} 3
                        spillgate_delivery_latency_seconds_bucket{le="0.05"} 3
                        spillgate_delivery_latency_seconds_bucket{le="0.1"} 3
                        spillgate_delivery_latency_seconds_bucket{le="0.2"} 3
                        spillgate_delivery_latency_seconds_bucket{le="0.5"} 3
                        spillgate_delivery_latency_seconds_bucket{le="1.0"} 3
                        spillgate_delivery_latency_seconds_bucket{le="2.0"} 3
                        spillgate_delivery_latency_seconds_bucket{le="5.0"} 4
                        spillgate_delivery_latency_seconds_bucket{le="10.0"} 4
                        spillgate_delivery_latency_seconds_bucket{le="20.0"} 4
                        spillgate_delivery_latency_seconds_bucket{le="50.0"} 4
                        spillgate_delivery_latency_seconds_bucket{le="+Inf"} 5
                        spillgate_delivery_latency_seconds_count 5
                        spillgate_delivery_latency_seconds_sum 63.000150002
                        """);
    }

    @Test
    void requestsFeedTheDurationHistogram() {
        metrics.cells(0).request(Handler.REPLY, 200, 250_000_000);

        assertThat(lines())
                .contains(
                        "spillgate_request_duration_seconds_bucket{le=\"0.2\"} 0",
                        "spillgate_request_duration_seconds_bucket{le=\"0.5\"} 1",
                        "spillgate_request_duration_seconds_count 1",
                        "spillgate_request_duration_seconds_sum 0.25");
    }

    @Test
    void everyRowIsThereFromTheStartWithItsTypeAndItsSentence() {
        List<String> lines = lines();
        for (Metric metric : Metric.all()) {
            assertThat(lines)
                    .contains("# HELP " + metric.metricName() + " " + metric.description().help())
                    .contains("# TYPE " + metric.metricName() + " " + metric.type());
            if (metric instanceof PoolMetric || metric == Gauge.TLS_CERTIFICATE_EXPIRY) {
                continue; // its samples come with the pools, or with the certificates
            }
            String sample =
                    switch (metric) {
                        case Timing _ -> "_count 0";
                        case Gauge gauge when gauge == Gauge.BUILD_INFO ->
                                "\\{java=.*,version=.*} 1";
                        default -> "(\\{.*})? 0\\.0";
                    };
            Pattern zero = Pattern.compile(Pattern.quote(metric.metricName()) + sample);
            assertThat(lines).anyMatch(line -> zero.matcher(line).matches());
        }
    }

    @Test
    void valuesWithNamesHaveARowEach() {
        metrics.gauges(Gauge.TLS_CERTIFICATE_EXPIRY, () -> Map.of("a.test", 7.0, "b.test", 8.0));
        assertThat(lines())
                .contains(
                        "spillgate_tls_certificate_expiry_seconds{name=\"a.test\"} 7.0",
                        "spillgate_tls_certificate_expiry_seconds{name=\"b.test\"} 8.0")
                .containsOnlyOnce("# TYPE spillgate_tls_certificate_expiry_seconds gauge");
    }

    @Test
    void tellsAboutDescriptorsAndTheJvm() {
        assertThat(lines())
                .anyMatch(line -> line.matches("process_open_fds [1-9].*"))
                .anyMatch(line -> line.matches("process_max_fds [1-9].*"))
                .anyMatch(line -> line.startsWith("jvm_memory_used_bytes{area=\"heap\"}"))
                .anyMatch(line -> line.startsWith("jvm_gc_collection_seconds_count"));
    }

    @Test
    void twoGatewaysInOneProcessCountApart() {
        Metrics other = new Metrics(1);
        other.cells(0).add(Counter.CONNECTIONS, 1);

        assertThat(lines()).contains("spillgate_connections_total 0.0");
        assertThat(new String(other.scrape(null), UTF_8))
                .contains("\nspillgate_connections_total 1.0\n", "\nprocess_open_fds ");
    }

    @Test
    void openMetricsEndsWithItsMarkAndPlainTextHasNone() {
        assertThat(text(OPEN_METRICS)).endsWith("\n# EOF\n");
        assertThat(text(null)).doesNotContain("# EOF");
    }

    @Test
    void theContentTypeNamesTheFormatWritten() {
        assertThat(metrics.contentType(null)).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(metrics.contentType(OPEN_METRICS))
                .isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
    }

    /// The lines of one family: its HELP and TYPE and what follows up to the next family.
    private String family(@Nullable String accept, String name) {
        StringBuilder family = new StringBuilder();
        boolean inside = false;
        for (String line : lines(accept)) {
            if (line.startsWith("# ")) {
                inside = line.startsWith(name + " ", "# HELP ".length());
            }
            if (inside) {
                family.append(line).append('\n');
            }
        }
        return family.toString();
    }

    private List<String> lines() {
        return lines(null);
    }

    private List<String> lines(@Nullable String accept) {
        return text(accept).lines().toList();
    }

    private String text(@Nullable String accept) {
        return new String(metrics.scrape(accept), UTF_8);
    }
}
