package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendReply;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

/// An event stream or a tunnel is no request: when its head is there it leaves the limits of
/// requests, and has one of its own.
final class StreamsTest {
    private static final String EVENTS = "HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\n";
    private static final String TUNNEL =
            "HTTP/1.1 101 Switching Protocols\nConnection: Upgrade\nUpgrade: websocket\n\n";
    private static final String[] UPGRADE = {
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    };

    private final ConcurrentLinkedQueue<BackendReply> streams = new ConcurrentLinkedQueue<>();
    private final Backend backend =
            Backend.start((request, reply) -> {
                switch (request.target()) {
                    case "/api/events" -> stream(reply, EVENTS);
                    case "/api/tunnel" -> stream(reply, TUNNEL);
                    default -> reply.ok(request.target());
                }
            });

    @AfterEach
    void stop() {
        backend.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fiveIdleOnesLeaveRoomForRequestsWhereFourConnectionsMayBe(boolean tunnels) {
        try (PoolGateway gateway = PoolGateway.to(backend, "backend-connections-per-ip-port = 4")) {
            open(gateway, tunnels, 5);
            for (int i = 0; i < 5; i++) {
                assertThat(gateway.get("page" + i).body()).isEqualTo("/api/page" + i);
            }
            assertThat(gateway.inFlight()).isZero();
            assertThat(gateway.connections("streaming")).isEqualTo(5);
            assertThat(backend.open()).isEqualTo(6);
            endAll();
            Await.until("none is left", () -> gateway.connections("streaming") == 0);
        }
    }

    @Test
    void leaveRoomInAHostPoolToo() {
        try (PoolGateway gateway =
                PoolGateway.host(backend, "max-connections = 1\nmax-open-requests = 1")) {
            open(gateway, false, 3);
            assertThat(gateway.get("page").body()).isEqualTo("/api/page");
            assertThat(gateway.connections("streaming")).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void areRefusedAtOnceBeyondTheirLimit(boolean tunnels) {
        try (PoolGateway gateway = PoolGateway.to(backend, "streams-per-ip-port = 2")) {
            List<Wire> open = open(gateway, tunnels, 2);
            expectRefusal(gateway, tunnels);
            assertThat(gateway.get("page").status()).isEqualTo(200);
            open.getFirst().close();
            Await.until("one is left", () -> gateway.connections("streaming") == 1);
            open(gateway, tunnels, 1);
        }
    }

    @Test
    void areRefusedBeyondTheLimitOfAHostPool() {
        try (PoolGateway gateway = PoolGateway.host(backend, "max-streams = 1")) {
            open(gateway, false, 1);
            expectRefusal(gateway, false);
        }
    }

    /// What waits for the connection of a stream gets another one at that moment.
    @Test
    void makeRoomForWhoWaits() {
        try (PoolGateway gateway = PoolGateway.to(backend, "backend-connections-per-ip-port = 1")) {
            Wire stream = gateway.ask("events");
            Wire waiting = gateway.ask("page");
            assertThat(waiting.answer().body()).isEqualTo("/api/page");
            assertThat(stream.head().status()).isEqualTo(200);
        }
    }

    @Test
    void holdUpNothingThatStoodBehindThem() {
        String keys =
                """
                backend-connections-per-ip-port = 1
                in-flight-requests-per-backend-connection = 2
                safe-pipeline-timeout = "1 min"
                """;
        try (PoolGateway gateway = PoolGateway.to(backend, keys)) {
            Wire stream = gateway.ask("events");
            Wire behind = gateway.ask("page");
            assertThat(stream.head().status()).isEqualTo(200);
            assertThat(behind.answer().body()).isEqualTo("/api/page");
        }
    }

    private void stream(BackendReply reply, String head) throws Exception {
        reply.sendLines(head);
        streams.add(reply);
        reply.hang();
    }

    private static List<Wire> open(PoolGateway gateway, boolean tunnels, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    Wire wire = ask(gateway, tunnels);
                    assertThat(wire.head().status()).isEqualTo(tunnels ? 101 : 200);
                    return wire;
                })
                .toList();
    }

    private static Wire ask(PoolGateway gateway, boolean tunnel) {
        return tunnel ? gateway.ask("tunnel", UPGRADE) : gateway.ask("events");
    }

    private static void expectRefusal(PoolGateway gateway, boolean tunnel) {
        Answer refused = ask(gateway, tunnel).answer();
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("Retry-After")).isEqualTo("1");
        assertThat(refused.text()).startsWith("streams: ");
        assertThat(gateway.failures("streams")).isEqualTo(1);
    }

    private void endAll() {
        for (BackendReply stream : streams) {
            try {
                stream.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }
}
