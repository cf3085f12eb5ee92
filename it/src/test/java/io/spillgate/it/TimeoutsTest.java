package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.Publisher;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Upload;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/// `[server]` time-outs, `connection_timeout_sec` and `keepalive_interval_sec`.
final class TimeoutsTest {
    private static final String HEALTH = "GET /health HTTP/1.1\nHost: test\n\n";

    @Test
    void closesAConnectionThatIdlesBetweenRequestsSilently() {
        try (TestGateway gateway = TestGateway.start("server.keepAliveTimeout = 500");
                Wire wire = gateway.connect()) {
            wire.sendLines(HEALTH).answer();
            long start = System.nanoTime();
            wire.expectEnd();
            expectElapsed(start, 400, 3000);
        }
    }

    @Test
    void startsTheIdleTimeAnewAfterEveryRequest() {
        try (TestGateway gateway = TestGateway.start("server.keepAliveTimeout = 1000");
                Wire wire = gateway.connect()) {
            for (int i = 0; i < 4; i++) {
                assertThat(wire.sendLines(HEALTH).answer().status()).isEqualTo(200);
                wire.expectSilence(Duration.ofMillis(400));
            }
        }
    }

    @Test
    void tellsAClientWhoseHeadersTakeTooLong() {
        try (TestGateway gateway = TestGateway.start("server.headersTimeout = 500");
                Wire wire = gateway.connect()) {
            long start = System.nanoTime();
            expectTimedOut(wire.sendLines("GET /health HTTP/1.1\nHost: te"));
            expectElapsed(start, 400, 3000);
        }
    }

    @Test
    void aTrickleOfHeaderBytesGainsNoTime() {
        try (TestGateway gateway = TestGateway.start("server.headersTimeout = 1000");
                Wire wire = gateway.connect()) {
            wire.send("GET /health HTTP/1.1\r\nHost: test\r\nA: ");
            for (int i = 0; i < 4; i++) {
                wire.expectSilence(Duration.ofMillis(200));
                wire.send("b");
            }
            expectTimedOut(wire);
        }
    }

    @Test
    void closesAConnectionThatSendsNothingSilently() {
        try (TestGateway gateway = TestGateway.start("server.headersTimeout = 500");
                Wire wire = gateway.connect()) {
            long start = System.nanoTime();
            wire.expectEnd();
            expectElapsed(start, 400, 3000);
        }
    }

    @Test
    void limitsTheHeadersOfALaterRequestToo() {
        try (TestGateway gateway = TestGateway.start("server.headersTimeout = 500");
                Wire wire = gateway.connect()) {
            wire.sendLines(HEALTH).answer();
            expectTimedOut(wire.send("GET"));
        }
    }

    @Test
    void tellsAClientWhoseBodyTakesTooLong() {
        try (TestGateway gateway = TestGateway.start("server.requestTimeout = 500");
                Wire wire = gateway.connectAdmin()) {
            long start = System.nanoTime();
            wire.sendLines("POST /events/t HTTP/1.1\nHost: test\nContent-Length: 10\n\nhalf");
            expectTimedOut(wire);
            expectElapsed(start, 400, 3000);
        }
    }

    @Test
    void theRequestTimeoutCoversTheHeaders() {
        try (TestGateway gateway = TestGateway.start("server.requestTimeout = 500");
                Wire wire = gateway.connect()) {
            expectTimedOut(wire.send("GET / HT"));
        }
    }

    @Test
    void noRequestTimeoutMeansThatABodyMayTakeItsTime() {
        try (TestGateway gateway = TestGateway.start("server.requestTimeout = 0");
                Wire wire = gateway.connectAdmin()) {
            wire.sendLines("POST /events/t HTTP/1.1\nHost: test\nContent-Length: 8\n\nhalf");
            wire.expectSilence(Duration.ofSeconds(1));
            assertThat(wire.send("half").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void theRequestTimeoutLeavesAStreamOfEventsAlone() {
        try (TestGateway gateway = TestGateway.start("server.requestTimeout = 300");
                Upload upload = Upload.open(gateway.connectAdmin(), "t")) {
            upload.send("data: first\n\n");
            upload.wire().expectSilence(Duration.ofSeconds(1));
            upload.send("data: second\n\n");
            assertThat(Publisher.count(upload.finish())).isEqualTo(2);
        }
    }

    @Test
    void noTimeoutOfARequestCutsAnOpenStream() {
        try (TestGateway gateway =
                        TestGateway.start(
                                """
                                [http]
                                keepalive_interval_sec = 0
                                [server]
                                keepAliveTimeout = 200
                                headersTimeout = 200
                                requestTimeout = 200
                                """);
                EventStream stream = gateway.subscribe("/events/t")) {
            stream.wire().expectSilence(Duration.ofSeconds(1));
            gateway.publish("t", "still here");
            assertThat(stream.event().data()).isEqualTo("still here");
        }
    }

    @Test
    void keepsASilentStreamAliveByComments() {
        try (TestGateway gateway = TestGateway.start("http.keepalive_interval_sec = \"500ms\"");
                EventStream stream = gateway.subscribe("/events/t")) {
            long start = System.nanoTime();
            expectKeepalive(stream);
            expectElapsed(start, 200, 1500);
            long first = System.nanoTime();
            expectKeepalive(stream);
            expectKeepalive(stream);
            expectElapsed(first, 700, 2500);
        }
    }

    @Test
    void sendsNoKeepaliveWhereEventsFlow() {
        try (TestGateway gateway = TestGateway.start("http.keepalive_interval_sec = 1");
                EventStream busy = gateway.subscribe("/events/busy");
                EventStream silent = gateway.subscribe("/events/silent");
                Publisher publisher = gateway.publisher()) {
            for (int i = 0; i < 20; i++) {
                publisher.publish("busy", "event " + i);
                assertThat(busy.block().data()).isEqualTo("event " + i);
                busy.wire().expectSilence(Duration.ofMillis(100));
            }
            expectKeepalive(silent);
        }
    }

    @Test
    void sendsNoKeepaliveWhenItIsOff() {
        try (TestGateway gateway = TestGateway.start("http.keepalive_interval_sec = 0");
                EventStream stream = gateway.subscribe("/events/t")) {
            stream.wire().expectSilence(Duration.ofSeconds(2));
        }
    }

    @Test
    void endsAStreamOnWhichNothingMovesCleanly() {
        try (TestGateway gateway =
                        TestGateway.start(
                                """
                                [http]
                                keepalive_interval_sec = 0
                                connection_timeout_sec = 1
                                """);
                EventStream stream = gateway.subscribe("/events/t")) {
            long start = System.nanoTime();
            stream.expectEnd();
            expectElapsed(start, 900, 4000);
        }
    }

    @Test
    void keepsAStreamWhoseKeepalivesAreTaken() {
        try (TestGateway gateway =
                        TestGateway.start(
                                """
                                [http]
                                keepalive_interval_sec = "400ms"
                                connection_timeout_sec = 1
                                """);
                EventStream stream = gateway.subscribe("/events/t")) {
            for (int i = 0; i < 6; i++) {
                expectKeepalive(stream);
            }
        }
    }

    @Test
    void letsGoOfAClientThatTakesNothing() {
        try (TestGateway gateway =
                        TestGateway.start(
                                """
                                [http]
                                keepalive_interval_sec = "300ms"
                                connection_timeout_sec = 1
                                """);
                Wire stalled = Wire.narrow(4096, gateway.address());
                Publisher publisher = gateway.publisher()) {
            EventStream.open(stalled, "/events/t");
            for (int i = 0; i < 200; i++) {
                publisher.publish("t", "x".repeat(50_000));
            }
            gateway.awaitMetric("spillgate_sse_active_connections", 0);
            gateway.awaitMetric("spillgate_connections_active", 0);
        }
    }

    @Test
    void cutsAnUploadOfEventsOnWhichNothingMoves() {
        try (TestGateway gateway = TestGateway.start("http.connection_timeout_sec = 1");
                Upload upload = Upload.open(gateway.connectAdmin(), "t")) {
            upload.send("data: first\n\n");
            gateway.awaitMetric("spillgate_messages_published_total", 1);
            String answer = upload.wire().rest();
            assertThat(answer).matches("(?s)|HTTP/1\\.1 408 .*");
        }
    }

    private static void expectTimedOut(Wire wire) {
        Answer answer = wire.answer();
        assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 408 Request Timeout");
        assertThat(answer.header("Connection")).isEqualTo("close");
        wire.expectEnd();
    }

    private static void expectKeepalive(EventStream stream) {
        assertThat(stream.block().lines()).isEqualTo(List.of(": keepalive"));
    }

    private static void expectElapsed(long startNanos, long leastMillis, long mostMillis) {
        assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
                .isBetween(Duration.ofMillis(leastMillis), Duration.ofMillis(mostMillis));
    }
}
