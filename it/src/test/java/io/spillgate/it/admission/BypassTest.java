package io.spillgate.it.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.EventStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;

/// What is answered at once though nothing more is let in and nobody may wait.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class BypassTest {
    private static final Duration AT_ONCE = Duration.ofSeconds(2);

    private AdmissionGateway gate;

    @BeforeEach
    void start() {
        gate = AdmissionGateway.start(".maxLimit = 1\n.queueSize = 0");
        gate.run("x");
        AdmissionGateway.expectBusy(gate.get("y").answer());
    }

    @AfterEach
    void stop() {
        assertThat(gate.inFlight()).isEqualTo(1);
        assertThat(gate.shed("queue_full")).isEqualTo(1);
        gate.close();
    }

    @ParameterizedTest
    @CsvSource({
        "GET /health, 200",
        "GET /ready, 200",
        "GET /__react_server_health__, 200",
        "GET /__react_server_ready__, 200",
        "HEAD /health, 200",
        "GET /fixed, 200",
        "GET /nowhere, 404",
        "DELETE /events/t, 405",
        "GET /events/%00, 400",
        "HEAD /events/t, 200",
    })
    void onThePublicListener(String line, int status) {
        long start = System.nanoTime();
        Answer head = gate.ask(line + " HTTP/1.1\nHost: test\n\n").head();
        assertThat(head.status()).isEqualTo(status);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);
    }

    @Test
    void preflights() {
        Answer answer =
                gate.ask(
                                """
                                OPTIONS /events/x HTTP/1.1
                                Host: test
                                Origin: https://app.example.com
                                Access-Control-Request-Method: GET

                                """)
                        .answer();
        assertThat(answer.status()).isEqualTo(204);
    }

    @ParameterizedTest
    @CsvSource({"GET /health, 200", "GET /stats, 200", "GET /metrics, 200", "POST /reload, 422"})
    void onTheAdminListener(String line, int status) {
        long start = System.nanoTime();
        Answer answer =
                gate.gateway().askAdmin(line + " HTTP/1.1\nHost: test\nContent-Length: 0\n\n");
        assertThat(answer.status()).isEqualTo(status);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);
    }

    @Test
    void publicationsAndSubscriptionsOfTheOperators() {
        try (EventStream stream = EventStream.open(gate.gateway().connectAdmin(), "/events/t")) {
            gate.gateway().publish("t", "hello");
            assertThat(stream.event().data()).isEqualTo("hello");
        }
    }
}
