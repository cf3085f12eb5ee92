package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// The pool of a host that has no name in the configuration: the keys of `[host-connection-pool]`.
final class HostPoolTest {
    @AutoClose private final HeldReplies gate = new HeldReplies();
    private final Backend backend = gate.backend();

    @Test
    void opensAsManyConnectionsAsItWasTold() {
        try (PoolGateway gateway = PoolGateway.host(backend, "max-connections = 2")) {
            List<Wire> all = asked(gateway, 6);
            backend.awaitRequests(2);
            gateway.awaitQueued(4);
            assertThat(backend.total()).isEqualTo(2);
            gate.open();
            all.forEach(wire -> assertThat(wire.answer().status()).isEqualTo(200));
            assertThat(backend.total()).isEqualTo(2);
        }
    }

    @Test
    void opensFourConnectionsIfNotTold() {
        try (PoolGateway gateway = PoolGateway.host(backend, "")) {
            asked(gateway, 10);
            backend.awaitRequests(4);
            gateway.awaitQueued(6);
            assertThat(backend.total()).isEqualTo(4);
            gate.open();
        }
    }

    @Test
    void keepsTheLeastNumberOfConnectionsOpenOnceItIsThere() {
        try (PoolGateway gateway =
                PoolGateway.host(backend, "min-connections = 3\nidle-timeout = \"500ms\"")) {
            assertThat(gateway.get("free").status()).isEqualTo(200);
            backend.awaitOpen(3);
            backend.hangUp();
            backend.awaitTotal(6);
            backend.awaitOpen(3);
        }
    }

    /// Waiting and running requests together.
    @Test
    void takesExactlyAsManyOpenRequestsAsItWasTold() {
        try (PoolGateway gateway =
                PoolGateway.host(backend, "max-connections = 1\nmax-open-requests = 3")) {
            List<Wire> all = new ArrayList<>(asked(gateway, 1));
            backend.awaitRequests(1);
            all.addAll(asked(gateway, 2));
            gateway.awaitQueued(2);
            Wire refused = gateway.ask("beyond");
            Answer answer = refused.answer();
            assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 503 Service Unavailable");
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            assertThat(answer.text()).contains("1 in flight").contains("2 waiting");
            assertThat(gateway.failures("open_requests")).isEqualTo(1);
            gate.open();
            all.forEach(wire -> assertThat(wire.answer().status()).isEqualTo(200));
            refused.sendLines("GET /api/again HTTP/1.1\nHost: test\n\n");
            assertThat(refused.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void countsOpenRequestsExactlyWhenEverybodyComesAtOnce() throws InterruptedException {
        try (PoolGateway gateway = PoolGateway.host(backend, "max-open-requests = 5")) {
            Rush rush = new Rush(gateway, 40);
            rush.start();
            rush.awaitAnswers(35);
            assertThat(rush.statuses()).containsOnly(503).hasSize(35);
            backend.awaitRequests(4);
            assertThat(gateway.inFlight()).isEqualTo(4);
            assertThat(gateway.queued()).isEqualTo(1);
            gate.open();
            rush.join();
            assertThat(rush.statuses()).filteredOn(one -> one == 200).hasSize(5);
        }
    }

    @Test
    void takesThirtyTwoOpenRequestsIfNotTold() throws InterruptedException {
        try (PoolGateway gateway = PoolGateway.host(backend, "")) {
            Rush rush = new Rush(gateway, 40);
            rush.start();
            rush.awaitAnswers(8);
            backend.awaitRequests(4);
            gateway.awaitQueued(28);
            gate.open();
            rush.join();
            assertThat(rush.statuses()).filteredOn(one -> one == 200).hasSize(32);
        }
    }

    @Test
    void pipelinesAsDeeplyAsItWasTold() {
        try (PoolGateway gateway =
                PoolGateway.host(backend, "max-connections = 1\npipelining-limit = 2")) {
            asked(gateway, 3);
            backend.awaitRequests(2);
            gateway.awaitQueued(1);
            assertThat(backend.total()).isEqualTo(1);
            gate.open();
        }
    }

    @Test
    void closesAConnectionThatIsIdleForTheKeepAliveTimeout() {
        String keys = "keep-alive-timeout = \"300ms\"\nidle-timeout = \"1 hour\"";
        try (PoolGateway gateway = PoolGateway.host(backend, keys)) {
            assertThat(gateway.get("free").status()).isEqualTo(200);
            backend.awaitOpen(0);
            assertThat(gateway.stats()).hasSize(1);
        }
    }

    @Test
    void goesAwayWithItsConnectionsWhenNobodyUsesIt() {
        try (PoolGateway gateway = PoolGateway.host(backend, "idle-timeout = \"300ms\"")) {
            assertThat(gateway.stats()).isEmpty();
            assertThat(gateway.get("free").status()).isEqualTo(200);
            backend.awaitOpen(0);
            Await.until("there is no pool", () -> gateway.stats().isEmpty());
            assertThat(gateway.get("free").status()).isEqualTo(200);
            assertThat(backend.total()).isEqualTo(2);
        }
    }

    @Test
    void staysWhileARequestRuns() {
        try (PoolGateway gateway = PoolGateway.host(backend, "idle-timeout = \"200ms\"")) {
            Wire running = gateway.ask("1");
            backend.awaitRequests(1);
            long start = System.nanoTime();
            Await.until("it has run for long", () -> System.nanoTime() - start > 700_000_000L);
            assertThat(gateway.stats()).hasSize(1);
            gate.open();
            assertThat(running.answer().body()).isEqualTo("/api/1");
        }
    }

    @Test
    void sendsTheHostOfTheTargetAndNotTheClients() {
        try (PoolGateway gateway = PoolGateway.host(backend, "")) {
            assertThat(gateway.get("free").status()).isEqualTo(200);
            assertThat(backend.await(1).values("Host")).containsExactly(backend.address());
        }
    }

    @Test
    void refusesWhatNeedsOnePoolTooMany() {
        String second = "[[routes]]\npath = \"/b/*\"\nproxy = \"http://localhost:1\"\n";
        try (PoolGateway gateway =
                PoolGateway.host(
                        "http://" + backend.address(),
                        second + "[host-connection-pool]\nmax-pools = 1")) {
            assertThat(gateway.get("free").status()).isEqualTo(200);
            try (Wire wire = gateway.connect()) {
                wire.sendLines("GET /b/free HTTP/1.1\nHost: test\n\n");
                assertThat(wire.answer().status()).isEqualTo(503);
            }
            assertThat(gateway.get("free").status()).isEqualTo(200);
        }
    }

    private static List<Wire> asked(PoolGateway gateway, int count) {
        return IntStream.range(0, count).mapToObj(i -> gateway.ask(String.valueOf(i))).toList();
    }
}
