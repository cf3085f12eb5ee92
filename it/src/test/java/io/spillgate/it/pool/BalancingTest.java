package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendSilence;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// Which address of a destination a request goes to: the one with the fewest in flight, and among
/// equals each in its turn, whatever connections there are already.
final class BalancingTest {
    private final CountDownLatch gate = new CountDownLatch(1);
    private final Backend.Script held =
            (request, reply) -> {
                if (request.target().startsWith("/api/held")) {
                    gate.await();
                }
                reply.ok(request.target());
            };

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void givesEachAddressItsTurnForOneKeptClient(int depth) {
        try (Backend a = Backend.start(held);
                Backend b = Backend.start(held);
                PoolGateway gateway =
                        to(a, b, "in-flight-requests-per-backend-connection = " + depth)) {
            askInTurn(gateway.connect(), 12);
            assertThat(List.of(a.requests().size(), b.requests().size())).containsExactly(6, 6);
            assertThat(List.of(a.total(), b.total())).containsExactly(1, 1);
        }
    }

    @Test
    void prefersTheAddressWithTheFewestInFlight() {
        try (Backend a = Backend.start(held);
                Backend b = Backend.start(held);
                PoolGateway gateway = to(a, b, "")) {
            askInTurn(gateway.connect(), 2);
            gateway.ask("held1");
            a.awaitRequests(2);
            askInTurn(gateway.connect(), 5);
            assertThat(List.of(a.requests().size(), b.requests().size())).containsExactly(2, 6);
            gateway.ask("held2");
            b.awaitRequests(7);
            askInTurn(gateway.connect(), 4);
            assertThat(List.of(a.requests().size(), b.requests().size())).containsExactly(4, 9);
            gate.countDown();
        }
    }

    /// Its turn costs a request a quarter of a second, not the time-out of the connection.
    @Test
    void doesNotWaitForAnAddressThatIsSilent() {
        try (Backend live = Backend.start(held);
                BackendSilence silence = BackendSilence.start();
                PoolGateway gateway =
                        PoolGateway.to(
                                List.of(live.address(), silence.address()),
                                "connecting-timeout = \"1 min\"")) {
            Wire client = gateway.connect();
            askInTurn(client, 1);
            long start = System.nanoTime();
            askInTurn(client, 6);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(200), Duration.ofSeconds(5));
            assertThat(live.requests()).hasSize(7);
        }
    }

    private static PoolGateway to(Backend a, Backend b, String keys) {
        return PoolGateway.to(
                List.of(a.address(), b.address()), "keep-alive-timeout = \"1 min\"\n" + keys);
    }

    private static void askInTurn(Wire client, int count) {
        for (int i = 0; i < count; i++) {
            Answer answer = client.sendLines("GET /api/x HTTP/1.1\nHost: test\n\n").answer();
            assertThat(answer.status()).isEqualTo(200);
        }
    }
}
