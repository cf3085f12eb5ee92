package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import java.util.List;

/// A changed configuration: what changed gets a new pool, and whoever is with the old one hears
/// nothing of it.
final class ReloadTest {
    private static final String ONE = "backend-connections-per-ip-port = 1\n";

    @AutoClose private final HeldReplies gate = new HeldReplies();
    private final Backend backend = gate.backend();

    @Test
    void servesFromTheOldPoolWhatWaitsThereAndFromTheNewOneWhatComes() {
        try (PoolGateway gateway = PoolGateway.to(backend, ONE)) {
            List<Wire> old = List.of(gateway.ask("1"), gateway.ask("2"), gateway.ask("3"));
            backend.awaitRequests(1);
            gateway.awaitQueued(2);
            apply(gateway, ONE + "override-host-header = \"new.test\"");
            Wire fresh = gateway.ask("free");
            assertThat(fresh.answer().status()).isEqualTo(200);
            assertThat(backend.await(2).header("Host")).isEqualTo("new.test");
            gate.open();
            for (int i = 0; i < 3; i++) {
                assertThat(old.get(i).answer().status()).isEqualTo(200);
            }
            assertThat(backend.requests())
                    .filteredOn(request -> "test".equals(request.header("Host")))
                    .hasSize(3);
            Await.until("the old connection is gone", () -> backend.open() == 1);
            old.getFirst().sendLines("GET /api/free HTTP/1.1\nHost: test\n\n");
            assertThat(old.getFirst().answer().status()).isEqualTo(200);
            assertThat(backend.await(5).header("Host")).isEqualTo("new.test");
        }
    }

    @Test
    void closesTheIdleConnectionsOfTheOldPoolAtOnce() {
        try (PoolGateway gateway = PoolGateway.to(backend, "keep-alive-timeout = \"1 hour\"")) {
            Wire wire = gateway.ask("free");
            assertThat(wire.answer().status()).isEqualTo(200);
            apply(gateway, "keep-alive-timeout = \"2 hours\"");
            backend.awaitOpen(0);
            wire.sendLines("GET /api/free HTTP/1.1\nHost: test\n\n");
            assertThat(wire.answer().status()).isEqualTo(200);
            assertThat(backend.total()).isEqualTo(2);
        }
    }

    @Test
    void keepsAPoolThatIsTheSame() {
        try (PoolGateway gateway = PoolGateway.to(backend, "keep-alive-timeout = \"1 hour\"")) {
            assertThat(gateway.get("free").status()).isEqualTo(200);
            apply(gateway, "keep-alive-timeout = \"1 hour\"");
            assertThat(gateway.get("free").status()).isEqualTo(200);
            assertThat(backend.total()).isEqualTo(1);
        }
    }

    @Test
    void leavesRequestsAloneThatRunThroughADestinationThatIsGone() {
        try (PoolGateway gateway = PoolGateway.to(backend, "")) {
            Wire running = gateway.ask("1");
            backend.awaitRequests(1);
            gateway.gateway().gateway().apply(TestGateway.config("http.thread_pool_size = 2"));
            assertThat(gateway.get("free").status()).isEqualTo(404);
            gate.open();
            assertThat(running.answer().body()).isEqualTo("/api/1");
            backend.awaitOpen(0);
        }
    }

    @Test
    void countsOnlyTheNewPoolsRequestsForItsLimits() {
        try (PoolGateway gateway = PoolGateway.to(backend, ONE + "queue-size-for-503 = 0")) {
            Wire running = gateway.ask("1");
            backend.awaitRequests(1);
            assertThat(gateway.get("2").status()).isEqualTo(503);
            apply(gateway, ONE + "queue-size-for-503 = 1");
            Wire first = gateway.ask("3");
            backend.awaitRequests(2);
            Wire second = gateway.ask("4");
            gateway.awaitQueued(1);
            assertThat(gateway.get("5").status()).isEqualTo(503);
            gate.open();
            for (Wire wire : List.of(running, first, second)) {
                assertThat(wire.answer().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void replacesThePoolsOfHostsLikewise() {
        String agent = "client.user-agent-header = \"%s\"\nkeep-alive-timeout = \"1 hour\"";
        try (PoolGateway gateway = PoolGateway.host(backend, agent.formatted("old"))) {
            assertThat(gateway.get("free").status()).isEqualTo(200);
            String changed =
                    PoolGateway.route("http://" + backend.address())
                            + "[host-connection-pool]\n"
                            + agent.formatted("new");
            gateway.gateway().gateway().apply(TestGateway.config(changed));
            backend.awaitOpen(0);
            assertThat(gateway.get("free").status()).isEqualTo(200);
            assertThat(backend.await(2).header("User-Agent")).isEqualTo("new");
        }
    }

    private void apply(PoolGateway gateway, String keys) {
        String toml = PoolGateway.destination("x", List.of(backend.address()), keys);
        gateway.gateway().gateway().apply(TestGateway.config(toml));
    }
}
