package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.TimeUnit;

/// A shutdown while backends are asked.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class DrainTest {
    private static final String ONE_AT_A_TIME =
            "http-destinations.backend.backend-connections-per-ip-port = 1";

    private final SteppedReplies replies = new SteppedReplies();

    @AutoClose
    private ProxyGateway gateway =
            ProxyGateway.start(
                    Backend.start(replies), ONE_AT_A_TIME + "\nserver.shutdownTimeout = 8000");

    @Test
    void servesWhatIsInFlightAndThenClosesItsConnections() throws Exception {
        try (Wire wire = get("/a")) {
            BackendExchange exchange = replies.next();
            gateway.gateway().gateway().drain();
            exchange.sendLines("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n")
                    .sendChunk("hello");
            Answer head = wire.head();
            assertThat(head.header("Connection")).isEqualToIgnoringCase("close");
            Content content = Content.of(wire, head);
            assertThat(content.take(5)).isEqualTo("hello");
            assertThat(gateway.gateway().gateway().drained()).isNotDone();
            exchange.sendChunk("world").send("0\r\n\r\n").done();
            assertThat(content.take(5)).isEqualTo("world");
            content.expectEnd();
            wire.expectEnd();
        }
        expectDrained(true);
        gateway.backend().awaitOpen(0);
    }

    @Test
    void servesAnAnswerWhoseHeadWasThereBefore() throws Exception {
        try (Wire wire = get("/a")) {
            BackendExchange exchange = replies.next();
            exchange.sendLines("HTTP/1.1 200 OK\nContent-Length: 10\n\nhello");
            wire.head();
            wire.expect("hello");
            gateway.gateway().gateway().drain();
            exchange.send("world").done();
            wire.expect("world");
            wire.expectEnd();
        }
        expectDrained(true);
    }

    @Test
    void servesWhatIsWaiting() throws Exception {
        try (Wire first = get("/first")) {
            BackendExchange exchange = replies.next();
            Wire second = get("/second");
            gateway.awaitPool("queued", 1);
            gateway.gateway().gateway().drain();
            exchange.ok("first");
            assertThat(first.answer().body()).isEqualTo("first");
            replies.next().ok("second");
            assertThat(second.answer().body()).isEqualTo("second");
            second.expectEnd();
            second.close();
        }
        expectDrained(true);
    }

    @Test
    void isOverAtOnceWhenOnlyIdleConnectionsAreLeft() throws Exception {
        try (Wire wire = get("/a")) {
            replies.next().ok("a");
            assertThat(wire.answer().body()).isEqualTo("a");
            gateway.gateway().gateway().drain();
            wire.expectEnd();
        }
        expectDrained(true);
        gateway.backend().awaitOpen(0);
    }

    @Test
    void abortsWhatIsLeftWhenTheTimeIsUp() throws Exception {
        gateway.close();
        gateway = ProxyGateway.start(Backend.start(replies), "server.shutdownTimeout = 700");
        try (Wire wire = get("/a")) {
            BackendExchange exchange = replies.next();
            exchange.sendLines("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n")
                    .sendChunk("hello");
            assertThat(Content.of(wire, wire.head()).take(5)).isEqualTo("hello");
            gateway.gateway().gateway().drain();
            expectDrained(false);
            assertThat(Content.untilGone(wire)).doesNotContain("0\r\n\r\n");
            gateway.backend().awaitOpen(0);
        }
    }

    private void expectDrained(boolean wholly) throws Exception {
        assertThat(gateway.gateway().gateway().drained().get(10, TimeUnit.SECONDS))
                .isEqualTo(wholly);
    }

    private Wire get(String target) {
        return gateway.connect().sendLines("GET " + target + " HTTP/1.1\nHost: test\n\n");
    }
}
