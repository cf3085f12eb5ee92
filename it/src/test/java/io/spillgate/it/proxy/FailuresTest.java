package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;

/// What a client is told when a backend has no answer for it.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FailuresTest {
    private static final String GET = "GET /a HTTP/1.1\nHost: test\n\n";

    private final SteppedReplies replies = new SteppedReplies();
    private ProxyGateway gateway = ProxyGateway.start(Backend.start(replies));

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void isToldAtOnceThatNobodyListens() {
        gateway.backend().refuse();
        long start = System.nanoTime();
        Answer answer = gateway.get("/a");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
        assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 502 Bad Gateway");
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(failures("connect_refused")).isEqualTo(1);
    }

    @Test
    void isToldThatItTookTooLong() {
        restart("http-destinations.backend.max-request-timeout = \"300ms\"");
        Answer answer = gateway.get("/a");
        assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 504 Gateway Timeout");
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
        replies.next().expectGone(Duration.ofSeconds(1));
        assertThat(failures("timeout")).isEqualTo(1);
        assertThat(gateway.backend().requests()).hasSize(1);
    }

    @Test
    void isCutOffWhenTheRestTakesTooLong() {
        restart("http-destinations.backend.max-request-timeout = \"300ms\"");
        try (Wire wire = gateway.connect().sendLines(GET)) {
            BackendExchange exchange = replies.next();
            exchange.sendLines("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n")
                    .sendChunk("hello");
            assertThat(Content.of(wire, wire.head()).take(5)).isEqualTo("hello");
            assertThat(Content.untilGone(wire)).isEmpty();
            exchange.expectGone(Duration.ofSeconds(1));
        }
        assertThat(failures("timeout")).isEqualTo(1);
    }

    @Test
    void isToldThatTheBackendBrokeOff() {
        try (Wire wire = gateway.connect()) {
            wire.sendLines("POST /a HTTP/1.1\nHost: test\nContent-Length: 2\n\nhi");
            replies.next().close();
            assertThat(wire.answer().status()).isEqualTo(502);
        }
        assertThat(gateway.backend().requests()).hasSize(1);
    }

    @Test
    void isToldThatTooManyWaitAndMayAskAgain() {
        restart(
                """
                http-destinations.backend.backend-connections-per-ip-port = 1
                http-destinations.backend.queue-size-for-503 = 0
                """);
        try (Wire first = gateway.connect().sendLines(GET);
                Wire second = gateway.connect()) {
            BackendExchange exchange = replies.next();
            for (int i = 0; i < 3; i++) {
                second.sendLines("POST /b HTTP/1.1\nHost: test\nContent-Length: 2\n\nhi");
                expectBusy(second.answer());
            }
            exchange.ok("first");
            assertThat(first.answer().body()).isEqualTo("first");
            second.sendLines(GET);
            replies.next().ok("second");
            assertThat(second.answer().body()).isEqualTo("second");
        }
        assertThat(failures("queue_full")).isEqualTo(3);
    }

    @Test
    void isToldThatItWaitedTooLongAndMayAskAgain() {
        restart(
                """
                http-destinations.backend.backend-connections-per-ip-port = 1
                http-destinations.backend.queue-timeout = "200ms"
                """);
        try (Wire first = gateway.connect().sendLines(GET);
                Wire second = gateway.connect()) {
            BackendExchange exchange = replies.next();
            second.sendLines("GET /b HTTP/1.1\nHost: test\n\n");
            expectBusy(second.answer());
            exchange.ok("first");
            assertThat(first.answer().body()).isEqualTo("first");
            second.sendLines(GET);
            replies.next().ok("second");
            assertThat(second.answer().body()).isEqualTo("second");
        }
        assertThat(failures("queue_timeout")).isEqualTo(1);
    }

    @Test
    void isToldInNoBodyWhenItAskedForNone() {
        gateway.backend().refuse();
        try (Wire wire = gateway.connect().sendLines("HEAD /a HTTP/1.0\nHost: test\n\n")) {
            assertThat(wire.head().status()).isEqualTo(502);
            wire.expectEnd();
        }
    }

    private static void expectBusy(Answer answer) {
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        assertThat(answer.header("Connection")).isNotEqualTo("close");
    }

    private double failures(String cause) {
        return gateway.gateway()
                .metric(
                        "spillgate_pool_failures_total{cause=\""
                                + cause
                                + "\",destination=\"backend\"}");
    }

    private void restart(String settings) {
        gateway.close();
        gateway = ProxyGateway.start(Backend.start(replies), settings);
    }
}
