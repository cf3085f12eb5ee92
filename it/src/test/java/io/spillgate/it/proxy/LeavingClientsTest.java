package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendRequest;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/// Clients that do not wait for their answer.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LeavingClientsTest {
    private static final String SETTINGS =
            "http-destinations.backend.backend-connections-per-ip-port = 1";
    private static final Duration SOON = Duration.ofSeconds(1);

    private final SteppedReplies replies = new SteppedReplies();

    @AutoClose
    private ProxyGateway gateway =
            ProxyGateway.start(Backend.start(Backend.Reading.AT_HEAD, replies), SETTINGS);

    /// The ways to leave; who only says that it will send nothing more has left, too.
    enum Way {
        CLOSE,
        HALF_CLOSE,
        RESET;

        private void leave(Wire wire) {
            switch (this) {
                case CLOSE -> wire.close();
                case HALF_CLOSE -> wire.halfClose();
                case RESET -> wire.reset();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void areNotSentToTheBackendAnyMore(Way way) {
        try (Wire first = get("/first")) {
            BackendExchange exchange = replies.next();
            Wire left = get("/left", 1);
            Wire last = get("/last", 2);
            way.leave(left);
            gateway.awaitPool("queued", 1);
            exchange.ok("first");
            assertThat(first.answer().body()).isEqualTo("first");
            replies.next().ok("last");
            assertThat(last.answer().body()).isEqualTo("last");
            left.close();
            last.close();
            gateway.awaitPool("in_flight", 0);
            assertThat(gateway.pool("queued")).isZero();
        }
        assertThat(gateway.backend().requests())
                .extracting(BackendRequest::target)
                .containsExactly("/first", "/last");
    }

    @ParameterizedTest
    @EnumSource
    void endTheConnectionOfTheirRequestWhileTheBackendThinks(Way way) {
        whileTheBackendThinks(way);
    }

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void areMissedOverEveryTransport(String io) {
        gateway.close();
        String settings = SETTINGS + "\nhttp.io = \"" + io + "\"";
        gateway = ProxyGateway.start(Backend.start(Backend.Reading.AT_HEAD, replies), settings);
        for (Way way : Way.values()) {
            whileTheBackendThinks(way);
            inTheMiddleOfTheAnswer(way);
            inTheMiddleOfTheUpload(way);
        }
        whileTheyDoNotRead();
    }

    @Test
    void endTheConnectionOfTheirRequestWhileTheyDoNotRead() {
        whileTheyDoNotRead();
    }

    @ParameterizedTest
    @EnumSource
    void endTheConnectionOfTheirRequestInTheMiddleOfTheAnswer(Way way) {
        inTheMiddleOfTheAnswer(way);
    }

    @ParameterizedTest
    @EnumSource
    void endTheConnectionOfTheirRequestInTheMiddleOfTheUpload(Way way) {
        inTheMiddleOfTheUpload(way);
    }

    @Test
    void leaveNothingBehindHoweverManyTheyAre() {
        for (int i = 0; i < 30; i++) {
            try (Wire wire = get("/" + i)) {
                BackendExchange exchange = replies.next();
                Way.values()[i % 3].leave(get("/queued", 1));
                gateway.awaitPool("queued", 0);
                Way.values()[(i + 1) % 3].leave(wire);
                exchange.expectGone(SOON);
            }
        }
        expectNothingLeft();
        assertThat(gateway.backend().requests()).hasSize(31);
    }

    private void whileTheBackendThinks(Way way) {
        try (Wire wire = get("/left")) {
            BackendExchange exchange = replies.next();
            way.leave(wire);
            exchange.expectGone(SOON);
        }
        expectNothingLeft();
    }

    private void inTheMiddleOfTheAnswer(Way way) {
        try (Wire wire = get("/left")) {
            BackendExchange exchange = replies.next();
            exchange.sendLines("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n")
                    .sendChunk("hello");
            Answer head = wire.head();
            assertThat(Content.of(wire, head).take(5)).isEqualTo("hello");
            way.leave(wire);
            exchange.expectGone(SOON);
        }
        expectNothingLeft();
    }

    private void inTheMiddleOfTheUpload(Way way) {
        try (Wire wire = gateway.connect()) {
            wire.sendLines("POST /left HTTP/1.1\nHost: test\nContent-Length: 10\n\n").send("hello");
            BackendExchange exchange = replies.next();
            way.leave(wire);
            exchange.expectGone(SOON);
            exchange.request().awaitEnd();
            assertThat(exchange.request().isWhole()).isFalse();
        }
        expectNothingLeft();
    }

    private void whileTheyDoNotRead() {
        try (Wire wire = Wire.narrow(4096, gateway.gateway().address())) {
            wire.sendLines("GET /left HTTP/1.1\nHost: test\n\n");
            BackendExchange exchange = replies.next();
            exchange.sendLines("HTTP/1.1 200 OK\nContent-Length: 1000000000\n\n");
            Thread pouring = Thread.ofVirtual().start(() -> pour(exchange));
            wire.take(100_000);
            wire.reset();
            exchange.expectGone(SOON);
            assertThat(pouring.join(SOON)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        expectNothingLeft();
    }

    private static void pour(BackendExchange exchange) {
        String piece = "x".repeat(100_000);
        try {
            while (!exchange.isGone()) {
                exchange.send(piece);
            }
        } catch (UncheckedIOException gone) {
            assertThat(gone).hasCauseInstanceOf(IOException.class);
        }
    }

    /// All places are free again, and the next request is served by the only one there is.
    private void expectNothingLeft() {
        gateway.awaitPool("in_flight", 0);
        gateway.awaitPool("queued", 0);
        try (Wire wire = get("/next")) {
            BackendExchange exchange = replies.next();
            assertThat(exchange.request().target()).isEqualTo("/next");
            exchange.ok("own");
            assertThat(wire.answer().body()).isEqualTo("own");
        }
    }

    private Wire get(String target) {
        return gateway.connect().sendLines("GET " + target + " HTTP/1.1\nHost: test\n\n");
    }

    /// Asks, and waits until this many requests wait in the queue.
    private Wire get(String target, int queued) {
        Wire wire = get(target);
        gateway.awaitPool("queued", queued);
        return wire;
    }
}
