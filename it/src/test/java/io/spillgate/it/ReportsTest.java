package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `/metrics` and `/stats` of the admin listener.
final class ReportsTest {
    private TestGateway gateway;

    @BeforeEach
    void start() {
        gateway = TestGateway.start("http.max_headers = 10");
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void metricsHaveTheFormatOfPrometheus() {
        Answer answer = gateway.askAdmin("GET /metrics HTTP/1.1\nHost: test\n\n");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith("text/plain; version=");
        assertThat(answer.text()).contains("# TYPE spillgate_connections_active gauge");
    }

    @Test
    void metricsSpeakOpenMetricsToWhoAsksForIt() {
        Answer answer =
                gateway.askAdmin(
                        """
                        GET /metrics HTTP/1.1
                        Host: test
                        Accept: application/openmetrics-text; version=1.0.0

                        """);
        assertThat(answer.header("Content-Type")).startsWith("application/openmetrics-text");
        assertThat(answer.text()).endsWith("# EOF\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spillgate_connections_active",
                "spillgate_connections_rejected_total",
                "spillgate_connections_total",
                "spillgate_build_info",
                "spillgate_queue_depth",
                "spillgate_events_queued",
                "spillgate_rate_limit_hits_total",
                "spillgate_sse_active_connections",
                "spillgate_sse_disconnects_total",
                "spillgate_messages_published_total",
                "spillgate_messages_sent_total",
                "spillgate_messages_dropped_total",
                "spillgate_messages_dropped_total{policy=\"drop_newest\"}",
                "spillgate_messages_dropped_total{policy=\"drop_oldest\"}",
                "spillgate_bytes_sent_total",
                "spillgate_delivery_latency_seconds_count",
                "spillgate_topics_active",
                "spillgate_requests_rejected_total",
            })
    void aMetricIsThereFromTheStart(String sample) {
        assertThat(gateway.metric(sample)).isBetween(0.0, 1.0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "process_open_fds",
                "process_max_fds",
                "jvm_memory_used_bytes",
                "spillgate_request_duration_seconds_count",
                "spillgate_requests_total",
                "spillgate_event_loop_utilization",
                "spillgate_event_loop_lag_seconds_count",
            })
    void aMetricThatMovesByItselfIsThere(String sample) {
        assertThat(gateway.metric(sample)).isGreaterThanOrEqualTo(0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    parse | BAD\\n\\n
                    limit | GET / HTTP/1.1\\nA: 1\\nA: 2\\nA: 3\\nA: 4\\nA: 5\\nA: 6\\nA: 7\\nA: 8\\nA: 9\\nA: 10\\nA: 11\\n\\n
                    """)
    void countsARefusalUnderItsReason(String reason, String request) {
        String sample = "spillgate_requests_rejected_total{reason=\"" + reason + "\"}";
        double before = gateway.metric(sample);
        gateway.ask(request.replace("\\n", "\n"));
        assertThat(gateway.metric(sample)).isEqualTo(before + 1);
    }

    @Test
    void countsConnectionsAndStreams() {
        try (Wire idle = gateway.connect();
                EventStream stream = gateway.subscribe("/events/t")) {
            idle.sendLines("GET /health HTTP/1.1\nHost: test\n\n").answer();
            assertThat(stream.head().status()).isEqualTo(200);
            assertThat(gateway.metric("spillgate_connections_active")).isEqualTo(2);
            assertThat(gateway.metric("spillgate_connections_total")).isEqualTo(2);
            assertThat(gateway.metric("spillgate_sse_active_connections")).isEqualTo(1);
            assertThat(gateway.metric("spillgate_topics_active")).isZero();
            assertThat(gateway.metric("spillgate_topics_watched")).isEqualTo(1);
            gateway.publish("t", "x");
            assertThat(gateway.metric("spillgate_topics_active")).isEqualTo(1);
        }
        gateway.awaitMetric("spillgate_connections_active", 0);
        gateway.awaitMetric("spillgate_sse_active_connections", 0);
        assertThat(gateway.metric("spillgate_connections_total")).isEqualTo(2);
    }

    @Test
    void statsAreOneJsonObject() {
        Answer answer = gateway.askAdmin("GET /stats HTTP/1.1\nHost: test\n\n");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith("application/json");
        assertThat(answer.text().strip()).startsWith("{").contains("\"rejected\"").endsWith("}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/metrics", "/stats"})
    void thePublicListenerTellsNothing(String path) {
        assertThat(gateway.ask("GET " + path + " HTTP/1.1\nHost: test\n\n").status())
                .isEqualTo(404);
    }

    @Test
    void theAdminListenerKnowsNoOtherPath() {
        assertThat(gateway.askAdmin("GET /nowhere HTTP/1.1\nHost: test\n\n").status())
                .isEqualTo(404);
        assertThat(gateway.askAdmin("GET /drain HTTP/1.1\nHost: test\n\n").status()).isEqualTo(405);
        assertThat(gateway.askAdmin("POST /metrics HTTP/1.1\nHost: test\n\n").status())
                .isEqualTo(405);
    }
}
