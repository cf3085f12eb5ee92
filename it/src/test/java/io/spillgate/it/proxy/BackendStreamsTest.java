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
    private static final String HEAD =
            """
            HTTP/1.1 200 OK
            Content-Type: %s
            Transfer-Encoding: chunked

            """;
    private static final String STREAM = HEAD.formatted("text/event-stream");

    private final SteppedReplies desk = new SteppedReplies();
    private ProxyGateway site = ProxyGateway.start(Backend.start(desk));

    @AfterEach
    void stop() {
        site.close();
    }

    @Test
    void passOnEachEventAtOnce() {
        long[] nanos = new long[EVENTS];
        try (Wire wire = ask()) {
            BackendExchange visit = desk.next();
            visit.sendLines(STREAM);
            EventStream stream = EventStream.over(wire, wire.head());
            for (int i = 0; i < EVENTS; i++) {
                long start = System.nanoTime();
                visit.sendChunk("data: " + i + "\n\n");
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
            BackendExchange visit = desk.next();
            visit.sendLines(HEAD.formatted("text/plain")).sendChunk("hello");
            assertThat(Content.of(wire, wire.head()).take(5)).isEqualTo("hello");
            assertThat(Content.untilGone(wire)).doesNotContain("0\r\n\r\n");
            visit.expectGone(Duration.ofSeconds(1));
        }
    }

    @Test
    void mustBeginInTime() {
        limit("streaming = true");
        try (Wire wire = ask()) {
            BackendExchange visit = desk.next();
            assertThat(wire.answer().status()).isEqualTo(504);
            visit.expectGone(Duration.ofSeconds(1));
        }
    }

    @Test
    void areEndedAtTheBackendWhenTheClientLeaves() {
        BackendExchange visit;
        try (Wire wire = ask()) {
            visit = desk.next();
            visit.sendLines(STREAM).sendChunk("data: 1\n\n");
            assertThat(EventStream.over(wire, wire.head()).event().data()).isEqualTo("1");
        }
        visit.expectGone(Duration.ofSeconds(1));
        site.awaitPool("in_flight", 0);
    }

    @Test
    void areEndedAtTheBackendAlsoWhenTheClientOnlySendsItsFin() {
        try (Wire wire = ask()) {
            BackendExchange visit = desk.next();
            visit.sendLines(STREAM).sendChunk("data: 1\n\n");
            assertThat(EventStream.over(wire, wire.head()).event().data()).isEqualTo("1");
            wire.halfClose();
            visit.expectGone(Duration.ofSeconds(1));
        }
        site.awaitPool("in_flight", 0);
    }

    @Test
    void leaveTheirConnectionToNobody() {
        try (Wire wire = ask()) {
            BackendExchange visit = desk.next();
            visit.sendLines(STREAM).sendChunk("data: 1\n\n");
            EventStream stream = EventStream.over(wire, wire.head());
            assertThat(stream.event().data()).isEqualTo("1");
            visit.send("0\r\n\r\n").done();
            wire.expect("0\r\n\r\n");
            site.backend().awaitOpen(0);
            wire.sendLines("GET /next HTTP/1.1\nHost: test\n\n");
            desk.next().ok("next");
            assertThat(wire.answer().body()).isEqualTo("next");
        }
    }

    @Test
    void endWhenTheBackendEndsThem() {
        try (Wire wire = ask()) {
            BackendExchange visit = desk.next();
            visit.sendLines("HTTP/1.0 200 OK\nContent-Type: text/event-stream\n\n");
            EventStream stream = EventStream.over(wire, wire.head());
            for (int i = 0; i < 3; i++) {
                visit.send("data: " + i + "\n\n");
                assertThat(stream.event().data()).isEqualTo("" + i);
            }
            visit.close();
            wire.expect("0\r\n\r\n");
        }
    }

    @Test
    void reachAClientThatSpeaksHttp10() {
        try (Wire wire = site.connect().sendLines("GET /a HTTP/1.0\nHost: test\n\n")) {
            BackendExchange visit = desk.next();
            visit.sendLines(STREAM);
            EventStream stream = EventStream.over(wire, wire.head());
            for (int i = 0; i < 3; i++) {
                visit.sendChunk("data: " + i + "\n\n");
                assertThat(stream.event().data()).isEqualTo("" + i);
            }
            visit.send("0\r\n\r\n").done();
            wire.expectEnd();
        }
    }

    private void limit(String routeKeys) {
        site.close();
        site = ProxyGateway.start(Backend.start(desk), LIMITS, routeKeys);
    }

    private void expectNotToBeCut(String contentType) {
        try (Wire wire = ask()) {
            BackendExchange visit = desk.next();
            visit.sendLines(HEAD.formatted(contentType)).sendChunk("data: 1\n\n");
            Answer head = wire.head();
            EventStream stream = EventStream.over(wire, head);
            assertThat(stream.event().data()).isEqualTo("1");
            wire.expectSilence(LONG);
            visit.sendChunk("data: 2\n\n");
            assertThat(stream.event().data()).isEqualTo("2");
        }
    }

    private Wire ask() {
        return site.connect().sendLines("GET /a HTTP/1.1\nHost: test\n\n");
    }
}
