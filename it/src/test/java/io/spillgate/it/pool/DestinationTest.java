package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/// What the keys of a destination do: how many connections, to which addresses, for how long, and
/// what goes out over them.
final class DestinationTest {
    private final CountDownLatch gate = new CountDownLatch(1);
    private final Backend.Script gated =
            (request, reply) -> {
                gate.await();
                reply.ok(request.target());
            };
    private final Backend.Script free = (request, reply) -> reply.ok(request.target());

    @Test
    void opensAsManyConnectionsToAnAddressAsItWasTold() {
        try (Backend backend = Backend.start(gated);
                PoolGateway front =
                        PoolGateway.to(backend, "backend-connections-per-ip-port = 3")) {
            List<Wire> all = askedBy(front, 10);
            backend.awaitRequests(3);
            front.awaitQueued(7);
            assertThat(backend.total()).isEqualTo(3);
            gate.countDown();
            for (Wire wire : all) {
                assertThat(wire.answer().status()).isEqualTo(200);
            }
            assertThat(backend.total()).isEqualTo(3);
        }
    }

    @Test
    void opensConnectionsToAllItsAddressesAlike() {
        try (Backend a = Backend.start(gated);
                Backend b = Backend.start(gated);
                Backend c = Backend.start(gated);
                PoolGateway front =
                        PoolGateway.to(
                                List.of(a.address(), b.address(), c.address()),
                                "backend-connections-per-ip-port = 2")) {
            askedBy(front, 7);
            front.awaitInFlight(6);
            front.awaitQueued(1);
            List.of(a, b, c).forEach(one -> one.awaitRequests(2));
            assertThat(List.of(a.total(), b.total(), c.total())).containsOnly(2);
            gate.countDown();
        }
    }

    @Test
    void goesRoundTheConnectionsThatAreReady() {
        try (Backend a = Backend.start(gated);
                Backend b = Backend.start(gated);
                PoolGateway front = withOneLoop(a, b)) {
            List<Wire> wires = askedBy(front, 2);
            a.awaitRequests(1);
            b.awaitRequests(1);
            gate.countDown();
            wires.forEach(Wire::answer);
            Wire one = wires.getFirst();
            for (int i = 0; i < 10; i++) {
                one.sendLines("GET /api/n HTTP/1.1\nHost: test\n\n").answer();
            }
            assertThat(a.requests()).hasSize(6);
            assertThat(b.requests()).hasSize(6);
            assertThat(a.total() + b.total()).isEqualTo(2);
        }
    }

    @Test
    void keepsAConnectionForAnyClientOnAnyLoop() {
        try (Backend backend = Backend.start(free);
                PoolGateway front = PoolGateway.to(backend, "keep-alive-timeout = \"1 min\"")) {
            for (int i = 0; i < 10; i++) {
                assertThat(front.get(String.valueOf(i)).body()).isEqualTo("/api/" + i);
            }
            assertThat(backend.total()).isEqualTo(1);
        }
    }

    @Test
    void closesAConnectionThatIsIdleForTheKeepAliveTimeout() {
        try (Backend backend = Backend.start(free);
                PoolGateway front = PoolGateway.to(backend, "keep-alive-timeout = \"300ms\"")) {
            front.get("1");
            long start = System.nanoTime();
            assertThat(backend.open()).isEqualTo(1);
            backend.awaitOpen(0);
            assertThat((System.nanoTime() - start) / 1_000_000).isBetween(200L, 3000L);
            assertThat(front.get("2").status()).isEqualTo(200);
            assertThat(backend.total()).isEqualTo(2);
        }
    }

    @Test
    void closesAConnectionSoonerWhenTheBackendSaysSo() {
        Backend.Script hinting =
                (request, reply) ->
                        reply.sendLines(
                                "HTTP/1.1 200 OK\nKeep-Alive: timeout=1\nContent-Length: 0\n\n");
        try (Backend backend = Backend.start(hinting);
                PoolGateway front = PoolGateway.to(backend, "keep-alive-timeout = \"1 hour\"")) {
            Answer answer = front.get("1");
            assertThat(answer.header("Keep-Alive")).isNull();
            backend.awaitOpen(0);
            assertThat(backend.total()).isEqualTo(1);
        }
    }

    @Test
    void usesEachConnectionOnceWhenNoneMayBeIdle() {
        try (Backend backend = Backend.start(free);
                PoolGateway front = PoolGateway.to(backend, "keep-alive-timeout = \"0 s\"")) {
            for (int i = 1; i <= 3; i++) {
                assertThat(front.get("1").status()).isEqualTo(200);
                backend.awaitOpen(0);
            }
            assertThat(backend.total()).isEqualTo(3);
        }
    }

    @Test
    void closesIdleConnectionsAfterFourSecondsIfNotTold() {
        try (Backend backend = Backend.start(free);
                PoolGateway front = PoolGateway.to(backend, "")) {
            front.get("1");
            long start = System.nanoTime();
            backend.awaitOpen(0);
            assertThat((System.nanoTime() - start) / 1_000_000).isBetween(3500L, 9000L);
        }
    }

    @Test
    void replacesHost() {
        try (Backend backend = Backend.start(free);
                PoolGateway front =
                        PoolGateway.to(backend, "override-host-header = \"inside.example\"")) {
            front.get("1");
            assertThat(backend.await(1).values("Host")).containsExactly("inside.example");
        }
    }

    @Test
    void passesTheClientsHostIfNotTold() {
        try (Backend backend = Backend.start(free);
                PoolGateway front = PoolGateway.to(backend, "")) {
            front.get("1");
            assertThat(backend.await(1).values("Host")).containsExactly("test");
        }
    }

    @Test
    void givesEachRequestAnIdInsteadOfTheClients() {
        try (Backend backend = Backend.start(free);
                PoolGateway front =
                        PoolGateway.to(backend, "request-id-header = \"X-Request-Id\"")) {
            for (int i = 0; i < 50; i++) {
                front.get(String.valueOf(i), "x-request-id: forged", "X-REQUEST-ID: twice");
            }
            List<String> ids =
                    IntStream.rangeClosed(1, 50)
                            .mapToObj(i -> String.valueOf(backend.await(i).header("X-Request-Id")))
                            .toList();
            assertThat(ids)
                    .doesNotHaveDuplicates()
                    .isSorted()
                    .allMatch(id -> id.matches("[A-Za-z0-9_-]{32}"));
        }
    }

    @Test
    void addsNoIdIfNotTold() {
        try (Backend backend = Backend.start(free);
                PoolGateway front = PoolGateway.to(backend, "")) {
            front.get("1", "X-Request-Id: own");
            assertThat(backend.await(1).values("X-Request-Id")).containsExactly("own");
        }
    }

    @Test
    void keepsTheLeastNumberOfConnectionsOpenWithoutAnyRequest() {
        String keys = "min-connections = 3\nkeep-alive-timeout = \"200ms\"";
        try (Backend backend = Backend.start(free);
                PoolGateway front = PoolGateway.to(backend, keys)) {
            backend.awaitOpen(3);
            backend.hangUp();
            backend.awaitTotal(6);
            backend.awaitOpen(3);
            assertThat(front.get("1").status()).isEqualTo(200);
            Await.until("three are idle", () -> front.connections("idle") == 3);
            assertThat(backend.mostOpen()).isLessThanOrEqualTo(6);
        }
    }

    @Test
    void opensNoConnectionWithoutARequestIfNotTold() {
        try (Backend backend = Backend.start(free);
                PoolGateway front = PoolGateway.to(backend, "")) {
            assertThat(front.get("1").status()).isEqualTo(200);
            assertThat(backend.total()).isEqualTo(1);
        }
    }

    @Test
    void passesHeadersByteByByte() {
        try (Backend backend = Backend.start(free);
                PoolGateway front = PoolGateway.to(backend, "")) {
            front.get("1", "X-Name: caf\u00e9 \u0080\u00ff");
            assertThat(backend.await(1).header("X-Name")).isEqualTo("caf\u00e9 \u0080\u00ff");
        }
    }

    @Test
    void canBeUnderTheOtherNameOfItsTable() {
        try (Backend backend = Backend.start(free)) {
            String toml =
                    PoolGateway.destination("x", List.of(backend.address()), "max_retries = 1")
                            .replace("http-destinations", "destinations");
            try (TestGateway gateway = TestGateway.start(toml)) {
                assertThat(gateway.ask("GET /api/1 HTTP/1.1\nHost: t\n\n").body())
                        .isEqualTo("/api/1");
            }
        }
    }

    @Test
    void takesHalfOfAllConnectionsFromEachOfTwoBackends() {
        try (Backend a = Backend.start(gated);
                Backend b = Backend.start(gated);
                PoolGateway front =
                        PoolGateway.to(List.of(a.address(), b.address()), "max-connections = 4")) {
            List<Wire> all = new ArrayList<>(askedBy(front, 5));
            a.awaitRequests(2);
            b.awaitRequests(2);
            front.awaitQueued(1);
            gate.countDown();
            all.forEach(wire -> assertThat(wire.answer().status()).isEqualTo(200));
        }
    }

    private static PoolGateway withOneLoop(Backend a, Backend b) {
        String toml = PoolGateway.destination("x", List.of(a.address(), b.address()), "");
        return new PoolGateway(toml.replace("thread_pool_size = 2", "thread_pool_size = 1"), "x");
    }

    private static List<Wire> askedBy(PoolGateway front, int count) {
        return IntStream.range(0, count).mapToObj(i -> front.ask(String.valueOf(i))).toList();
    }
}
