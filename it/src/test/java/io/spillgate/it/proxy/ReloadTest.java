package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendRequest;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A changed destination gets a new pool, and what the old one has begun goes on.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ReloadTest {
    private static final String ONE_AT_A_TIME =
            "http-destinations.backend.backend-connections-per-ip-port = 1";

    private final SteppedReplies replies = new SteppedReplies();
    private final Backend next = Backend.saying("new");
    private final ProxyGateway gateway = ProxyGateway.start(Backend.start(replies), ONE_AT_A_TIME);

    @AfterEach
    void stop() {
        gateway.close();
        next.close();
    }

    @Test
    void cutsNoAnswer() {
        try (Wire wire = get("/old")) {
            BackendExchange exchange = replies.next();
            exchange.sendLines("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n")
                    .sendChunk("hello");
            Answer head = wire.head();
            Content content = Content.of(wire, head);
            assertThat(content.take(5)).isEqualTo("hello");
            reload(next, "");
            assertThat(gateway.get("/new").body()).isEqualTo("new");
            exchange.sendChunk("world").send("0\r\n\r\n").done();
            assertThat(content.take(5)).isEqualTo("world");
            content.expectEnd();
            gateway.backend().awaitOpen(0);
            wire.sendLines("GET /again HTTP/1.1\nHost: test\n\n");
            assertThat(wire.answer().body()).isEqualTo("new");
        }
    }

    @Test
    void cutsNoUpload() {
        try (Wire wire = gateway.connect()) {
            wire.sendLines("POST /old HTTP/1.1\nHost: test\nContent-Length: 10\n\n").send("hello");
            gateway.backend().awaitTotal(1);
            gateway.awaitPool("in_flight", 1);
            reload(next, "");
            wire.send("world");
            BackendExchange exchange = replies.next();
            assertThat(exchange.request().body()).isEqualTo("helloworld");
            exchange.ok("done");
            assertThat(wire.answer().body()).isEqualTo("done");
        }
    }

    @Test
    void leavesWaitingRequestsToTheOldPool() {
        try (Wire first = get("/first")) {
            BackendExchange exchange = replies.next();
            Wire second = get("/second");
            gateway.awaitPool("queued", 1);
            reload(next, "");
            assertThat(gateway.get("/new").body()).isEqualTo("new");
            exchange.ok("first");
            assertThat(first.answer().body()).isEqualTo("first");
            replies.next().ok("second");
            assertThat(second.answer().body()).isEqualTo("second");
            second.close();
            gateway.backend().awaitOpen(0);
        }
    }

    @Test
    void closesIdleConnectionsOfTheOldPoolAndNoneOfTheClients() {
        try (Wire wire = get("/first")) {
            replies.next().ok("first");
            assertThat(wire.answer().body()).isEqualTo("first");
            reload(next, "");
            gateway.backend().awaitOpen(0);
            wire.sendLines("GET /new HTTP/1.1\nHost: test\n\n");
            assertThat(wire.answer().body()).isEqualTo("new");
        }
    }

    @Test
    void keepsTheConnectionsOfAPoolThatHasNotChanged() {
        try (Wire wire = get("/first")) {
            replies.next().ok("first");
            assertThat(wire.answer().body()).isEqualTo("first");
            reload(gateway.backend(), ONE_AT_A_TIME + "\nhttp.max_headers = 50");
            wire.sendLines("GET /second HTTP/1.1\nHost: test\n\n");
            replies.next().ok("second");
            assertThat(wire.answer().body()).isEqualTo("second");
        }
        assertThat(gateway.backend().requests())
                .extracting(BackendRequest::connection)
                .containsExactly(1, 1);
    }

    private void reload(Backend backend, String settings) {
        gateway.gateway()
                .gateway()
                .apply(TestGateway.config(ProxyGateway.toml(backend, settings, "")));
    }

    private Wire get(String target) {
        return gateway.connect().sendLines("GET " + target + " HTTP/1.1\nHost: test\n\n");
    }
}
