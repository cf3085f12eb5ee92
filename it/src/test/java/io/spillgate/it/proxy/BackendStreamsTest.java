package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.Arrays;

/// Answers of a backend that never end: event streams, and what a route calls streaming.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class BackendStreamsTest {
    private static final int EVENTS = 500;
    private static final Duration LONG = Duration.ofMillis(1200);
    private static final String LIMITS =
            """
            http-destinations.backend.max-request-timeout = "300ms"
            http-destinations.backend.client.idle-timeout = "300ms"
            """;
    private static final int RACES = 300;
    private static final String PIPELINED =
            """
            http.thread_pool_size = 2
            http-destinations.backend.backend-connections-per-ip-port = 1
            http-destinations.backend.in-flight-requests-per-backend-connection = 2
            """;
    private static final String HEAD =
            """
            HTTP/1.1 200 OK
            Content-Type: %s
            Transfer-Encoding: chunked

            """;
    private static final String STREAM = HEAD.formatted("text/event-stream");

    private final SteppedReplies replies = new SteppedReplies();
    private ProxyGateway gateway = ProxyGateway.start(Backend.start(replies));

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void passOnEachEventAtOnce() {
        long[] nanos = new long[EVENTS];
        try (Wire wire = ask()) {
            BackendExchange exchange = replies.next();
            exchange.sendLines(STREAM);
            EventStream stream = EventStream.over(wire, wire.head());
            for (int i = 0; i < EVENTS; i++) {
                long start = System.nanoTime();
                exchange.sendChunk("data: " + i + "\n\n");
                assertThat(stream.event().data()).isEqualTo("" + i);
                nanos[i] = System.nanoTime() - start;
            }
        }
        Arrays.sort(nanos);
        Duration p99 = Duration.ofNanos(nanos[EVENTS * 99 / 100]);
        System.out.printf("an event of a backend passes in %s (p99)%n", p99);
        assertThat(p99).isLessThan(Duration.ofMillis(100));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/event-stream",
                "text/event-stream; charset=utf-8",
                "Text/Event-Stream;charset=UTF-8"
            })
    void areNotCutByAnyLimit(String contentType) {
        limit("");
        expectNotToBeCut(contentType);
    }

    @Test
    void areWhatTheRouteSaysTheyAre() {
        limit("streaming = true");
        expectNotToBeCut("application/octet-stream");
    }

    @Test
    void areNothingElse() {
        limit("");
        try (Wire wire = ask()) {
            BackendExchange exchange = replies.next();
            exchange.sendLines(HEAD.formatted("text/plain")).sendChunk("hello");
            assertThat(Content.of(wire, wire.head()).take(5)).isEqualTo("hello");
            assertThat(Content.untilGone(wire)).doesNotContain("0\r\n\r\n");
            exchange.expectGone(Duration.ofSeconds(1));
        }
    }

    @Test
    void mustBeginInTime() {
        limit("streaming = true");
        try (Wire wire = ask()) {
            BackendExchange exchange = replies.next();
            assertThat(wire.answer().status()).isEqualTo(504);
            exchange.expectGone(Duration.ofSeconds(1));
        }
    }

    @Test
    void areEndedAtTheBackendWhenTheClientLeaves() {
        BackendExchange exchange;
        try (Wire wire = ask()) {
            exchange = replies.next();
            exchange.sendLines(STREAM).sendChunk("data: 1\n\n");
            assertThat(EventStream.over(wire, wire.head()).event().data()).isEqualTo("1");
        }
        exchange.expectGone(Duration.ofSeconds(1));
        gateway.awaitPool("in_flight", 0);
    }

    @Test
    void areEndedAtTheBackendAlsoWhenTheClientOnlySendsItsFin() {
        try (Wire wire = ask()) {
            BackendExchange exchange = replies.next();
            exchange.sendLines(STREAM).sendChunk("data: 1\n\n");
            assertThat(EventStream.over(wire, wire.head()).event().data()).isEqualTo("1");
            wire.halfClose();
            exchange.expectGone(Duration.ofSeconds(1));
        }
        gateway.awaitPool("in_flight", 0);
    }

    @Test
    void leaveTheirConnectionToNobody() {
        try (Wire wire = ask()) {
            BackendExchange exchange = replies.next();
            exchange.sendLines(STREAM).sendChunk("data: 1\n\n");
            EventStream stream = EventStream.over(wire, wire.head());
            assertThat(stream.event().data()).isEqualTo("1");
            exchange.send("0\r\n\r\n").done();
            wire.expect("0\r\n\r\n");
            gateway.backend().awaitOpen(0);
            wire.sendLines("GET /next HTTP/1.1\nHost: test\n\n");
            replies.next().ok("next");
            assertThat(wire.answer().body()).isEqualTo("next");
        }
    }

    @Test
    void areAnsweredInFrontOfNobody() {
        gateway.close();
        gateway = ProxyGateway.start(Backend.start(replies), PIPELINED);
        try (Wire wire = ask();
                Wire behind = gateway.connect()) {
            BackendExchange exchange = replies.next();
            behind.sendLines("GET /behind HTTP/1.1\nHost: test\n\n");
            gateway.awaitPool("in_flight", 2);
            exchange.sendLines(STREAM);
            wire.head();
            BackendExchange again = replies.next();
            assertThat(again.request().target()).isEqualTo("/behind");
            again.ok("behind");
            assertThat(behind.answer().body()).isEqualTo("behind");
            gateway.awaitPool("in_flight", 0);
        }
    }

    /// The request is on its way to the connection while that becomes a stream's.
    @Test
    void meetRequestsThatAreOnTheirWay() {
        gateway.close();
        gateway = ProxyGateway.start(Backend.start(replies), PIPELINED);
        for (int round = 0; round < RACES; round++) {
            try (Wire wire = gateway.connect();
                    Wire behind = gateway.connect()) {
                wire.sendLines("GET /stream/%d HTTP/1.1\nHost: test\n\n".formatted(round));
                BackendExchange exchange = next("/stream/" + round);
                behind.sendLines("GET /behind/%d HTTP/1.1\nHost: test\n\n".formatted(round));
                exchange.sendLines(STREAM);
                wire.head();
                next("/behind/" + round).ok("behind");
                assertThat(behind.answer().body()).isEqualTo("behind");
            }
        }
        gateway.awaitPool("in_flight", 0);
    }

    @Test
    void endWhenTheBackendEndsThem() {
        try (Wire wire = ask()) {
            BackendExchange exchange = replies.next();
            exchange.sendLines("HTTP/1.0 200 OK\nContent-Type: text/event-stream\n\n");
            EventStream stream = EventStream.over(wire, wire.head());
            for (int i = 0; i < 3; i++) {
                exchange.send("data: " + i + "\n\n");
                assertThat(stream.event().data()).isEqualTo("" + i);
            }
            exchange.close();
            wire.expect("0\r\n\r\n");
        }
    }

    @Test
    void reachAClientThatSpeaksHttp10() {
        try (Wire wire = gateway.connect().sendLines("GET /a HTTP/1.0\nHost: test\n\n")) {
            BackendExchange exchange = replies.next();
            exchange.sendLines(STREAM);
            EventStream stream = EventStream.over(wire, wire.head());
            for (int i = 0; i < 3; i++) {
                exchange.sendChunk("data: " + i + "\n\n");
                assertThat(stream.event().data()).isEqualTo("" + i);
            }
            exchange.send("0\r\n\r\n").done();
            wire.expectEnd();
        }
    }

    /// What stands in the socket of a connection that was given up is read, too.
    private BackendExchange next(String target) {
        BackendExchange exchange = replies.next();
        while (!exchange.request().target().equals(target)) {
            exchange = replies.next();
        }
        return exchange;
    }

    private void limit(String routeKeys) {
        gateway.close();
        gateway = ProxyGateway.start(Backend.start(replies), LIMITS, routeKeys);
    }

    private void expectNotToBeCut(String contentType) {
        try (Wire wire = ask()) {
            BackendExchange exchange = replies.next();
            exchange.sendLines(HEAD.formatted(contentType)).sendChunk("data: 1\n\n");
            Answer head = wire.head();
            EventStream stream = EventStream.over(wire, head);
            assertThat(stream.event().data()).isEqualTo("1");
            wire.expectSilence(LONG);
            exchange.sendChunk("data: 2\n\n");
            assertThat(stream.event().data()).isEqualTo("2");
        }
    }

    private Wire ask() {
        return gateway.connect().sendLines("GET /a HTTP/1.1\nHost: test\n\n");
    }
}
