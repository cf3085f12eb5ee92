package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/// No connection is kept for longer than its lifetime, but none is closed under a request.
final class LifetimeTest {
    private static final int CONNECTIONS = 200;
    private static final long LIFETIME_MILLIS = 3000;

    /// What a backend measures is not what the gateway does: it may see the beginning or the end of
    /// a connection late when the machine is busy. So the bounds have room, more at the upper end.
    @Test
    void endsIdleConnectionsAtItsEndGiveOrTakeATenth() {
        CountDownLatch gate = new CountDownLatch(1);
        Backend.Script gated =
                (request, reply) -> {
                    gate.await();
                    reply.ok("");
                };
        String keys =
                """
                backend-connections-per-ip-port = 200
                keep-alive-timeout = "1 hour"
                max-connection-lifetime = "3s"
                """;
        try (Backend backend = Backend.start(gated);
                PoolGateway front = PoolGateway.to(backend, keys)) {
            List<Wire> all =
                    IntStream.range(0, CONNECTIONS).mapToObj(i -> front.ask("" + i)).toList();
            backend.awaitRequests(CONNECTIONS);
            gate.countDown();
            all.forEach(Wire::answer);
            backend.awaitOpen(0);
            List<Long> lifetimes =
                    backend.lifetimes().stream().map(Duration::toMillis).sorted().toList();
            assertThat(lifetimes).hasSize(CONNECTIONS);
            long tenth = LIFETIME_MILLIS / 10;
            assertThat(lifetimes.getFirst()).isGreaterThan(LIFETIME_MILLIS - tenth - 300);
            assertThat(lifetimes.getLast()).isLessThan(LIFETIME_MILLIS + tenth + 2000);
            assertThat(lifetimes.get(CONNECTIONS / 10))
                    .as("some end early")
                    .isLessThan(LIFETIME_MILLIS + tenth / 2);
            assertThat(lifetimes.get(CONNECTIONS * 9 / 10) - lifetimes.get(CONNECTIONS / 10))
                    .as("not all at the same time")
                    .isGreaterThan(tenth);
        }
    }

    @Test
    void neverCutsARunningRequest() {
        CountDownLatch gate = new CountDownLatch(1);
        Backend.Script gated =
                (request, reply) -> {
                    reply.sendLines("HTTP/1.1 200 OK\nContent-Length: 4\n\n");
                    gate.await();
                    reply.send("late");
                };
        String keys = "keep-alive-timeout = \"1 hour\"\nmax-connection-lifetime = \"200ms\"";
        try (Backend backend = Backend.start(gated);
                PoolGateway front = PoolGateway.to(backend, keys)) {
            Wire wire = front.ask("1");
            backend.awaitRequests(1);
            long start = System.nanoTime();
            Await.until("it is over age", () -> System.nanoTime() - start > 600_000_000L);
            assertThat(backend.open()).isEqualTo(1);
            gate.countDown();
            assertThat(wire.answer().body()).isEqualTo("late");
            backend.awaitOpen(0);
            assertThat(front.get("2").status()).isEqualTo(200);
            assertThat(backend.total()).isEqualTo(2);
        }
    }

    @Test
    void isEndlessIfNotTold() {
        try (Backend backend = Backend.saying("fine");
                PoolGateway front = PoolGateway.host(backend, "")) {
            for (int i = 0; i < 20; i++) {
                front.get("1");
            }
            assertThat(backend.total()).isEqualTo(1);
        }
    }
}
