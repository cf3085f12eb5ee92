package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/// After a connection attempt that failed the address is left alone for a while, longer each time.
final class BackoffTest {
    private static final long NANOS = 1_000_000;

    /// The lower bound of each wait shows in the time until the next attempt, the upper one in what
    /// the gateway says about itself; so neither depends on how busy the machine is.
    @Test
    void waitsTwiceAsLongAfterEachFailureInARowUpToHalfOfTheLongestWait() {
        long[] levels = {20, 40, 80, 160, 320, 320, 320, 320};
        String keys = "base-connection-backoff = \"20ms\"\nmax-connection-backoff = \"640ms\"";
        try (Backend backend = dead();
                PoolGateway front = PoolGateway.to(backend, keys)) {
            long earliest = System.nanoTime();
            assertThat(front.get("1").status()).isEqualTo(502);
            for (int i = 0; i < levels.length; i++) {
                long left = front.backoffMillis();
                long passed = (System.nanoTime() - earliest) / NANOS;
                assertThat(left).as("failure %d", i + 1).isLessThanOrEqualTo(2 * levels[i]);
                assertThat(left + passed).as("failure %d", i + 1).isGreaterThanOrEqualTo(levels[i]);
                long failure = earliest;
                earliest = askUntilAttempt(front, i + 2);
                assertThat((System.nanoTime() - failure) / NANOS)
                        .as("between failures %d and %d", i + 1, i + 2)
                        .isGreaterThanOrEqualTo(levels[i]);
            }
        }
    }

    @Test
    void waitsARandomTime() {
        String keys = "base-connection-backoff = \"1000s\"\nmax-connection-backoff = \"1 hour\"";
        List<Long> waits =
                IntStream.range(0, 8)
                        .mapToObj(i -> {
                            try (Backend backend = dead();
                                    PoolGateway front = PoolGateway.to(backend, keys)) {
                                front.get("1");
                                return front.backoffMillis();
                            }
                        })
                        .toList();
        assertThat(waits).allMatch(wait -> wait > 980_000 && wait <= 2_000_000);
        assertThat(waits.stream().map(wait -> wait / 1000).distinct().count()).isGreaterThan(3);
    }

    @Test
    void countsAttemptsThatFailTogetherOnce() {
        String keys =
                "tls = true\nbase-connection-backoff = \"100s\"\nmax-connection-backoff = \"10h\"";
        try (SilentServer door = new SilentServer();
                PoolGateway front = PoolGateway.to(List.of(door.address()), keys)) {
            List<Wire> all = IntStream.range(0, 5).mapToObj(i -> front.ask("1")).toList();
            door.awaitAttempts(5);
            door.shut();
            all.forEach(wire -> assertThat(wire.answer().status()).isEqualTo(502));
            assertThat(front.backoffMillis()).isBetween(80_000L, 200_000L);
        }
    }

    @Test
    void refusesAtOnceAndTriesNothingWhileItWaits() {
        String keys = "base-connection-backoff = \"1 hour\"\nmax-connection-backoff = \"2 hours\"";
        try (Backend backend = dead();
                PoolGateway front = PoolGateway.to(backend, keys)) {
            assertThat(front.get("1").status()).isEqualTo(502);
            assertThat(front.failures("connect_refused")).isEqualTo(1);
            backend.accept();
            long start = System.nanoTime();
            assertThat(front.get("2").status()).isEqualTo(502);
            assertThat((System.nanoTime() - start) / NANOS).isLessThan(2000);
            assertThat(front.failures("backoff")).isEqualTo(1);
            assertThat(backend.total()).isZero();
        }
    }

    @Test
    void doesNotWaitIfToldSo() {
        try (Backend backend = dead();
                PoolGateway front = PoolGateway.to(backend, "base-connection-backoff = \"0 s\"")) {
            for (int i = 1; i <= 5; i++) {
                assertThat(front.get("1").status()).isEqualTo(502);
                assertThat(front.failures("connect_refused")).isEqualTo(i);
            }
            backend.accept();
            assertThat(front.get("1").body()).isEqualTo("fine");
        }
    }

    @Test
    void forgetsAllFailuresAfterASuccess() {
        String keys =
                """
                base-connection-backoff = "50ms"
                max-connection-backoff = "1 hour"
                keep-alive-timeout = "0 s"
                """;
        try (Backend backend = dead();
                PoolGateway front = PoolGateway.to(backend, keys)) {
            front.get("1");
            for (int i = 2; i <= 4; i++) {
                askUntilAttempt(front, i);
            }
            backend.accept();
            Await.until("it is there again", () -> front.get("1").status() == 200);
            backend.refuse();
            backend.hangUp();
            Await.until("no connection is left", () -> front.connections("idle") == 0);
            assertThat(front.get("1").status()).isEqualTo(502);
            assertThat(front.backoffMillis()).isLessThanOrEqualTo(100);
        }
    }

    @Test
    void triesOneConnectionAtATimeAfterAWait() {
        try (SilentServer door = new SilentServer();
                PoolGateway front =
                        PoolGateway.to(
                                List.of(door.address()),
                                "tls = true\nbase-connection-backoff = \"50ms\"")) {
            Wire first = front.ask("1");
            door.awaitAttempts(1);
            door.shut();
            assertThat(first.answer().status()).isEqualTo(502);
            Await.until("the wait is over", () -> front.backoffMillis() == 0);
            List<Wire> all = IntStream.range(0, 5).mapToObj(i -> front.ask("1")).toList();
            door.awaitAttempts(2);
            Await.until(
                    "all have come",
                    () -> front.stats().getFirst().getConfigList("outstanding").size() == 5);
            assertThat(door.attempts()).isEqualTo(2);
            door.shut();
            all.forEach(wire -> assertThat(wire.answer().status()).isEqualTo(502));
            assertThat(door.attempts()).isEqualTo(2);
        }
    }

    @Test
    void opensAsManyConnectionsAsNeededOnceOneHasSucceeded() {
        CountDownLatch gate = new CountDownLatch(1);
        Backend.Script gated =
                (request, reply) -> {
                    gate.await();
                    reply.ok("fine");
                };
        try (Backend backend = Backend.start(gated);
                PoolGateway front = PoolGateway.to(backend, "base-connection-backoff = \"50ms\"")) {
            backend.refuse();
            assertThat(front.get("1").status()).isEqualTo(502);
            backend.accept();
            Await.until("the wait is over", () -> front.backoffMillis() == 0);
            List<Wire> all = IntStream.range(0, 5).mapToObj(i -> front.ask("1")).toList();
            backend.awaitRequests(5);
            assertThat(backend.total()).isEqualTo(5);
            gate.countDown();
            all.forEach(wire -> assertThat(wire.answer().status()).isEqualTo(200));
        }
    }

    @Test
    void keepsToItsWaitsAlsoForTheConnectionsThatAreToBeWarm() {
        String keys =
                """
                tls = true
                min-connections = 3
                base-connection-backoff = "1 hour"
                max-connection-backoff = "2 hours"
                """;
        try (SilentServer door = new SilentServer();
                PoolGateway front = PoolGateway.to(List.of(door.address()), keys)) {
            door.awaitAttempts(3);
            door.shut();
            Await.until("it waits", () -> front.connections("connecting") == 0);
            assertThat(front.get("1").status()).isEqualTo(502);
            assertThat(front.failures("backoff")).isEqualTo(1);
            assertThat(door.attempts()).isEqualTo(3);
        }
    }

    @Test
    void leavesOnlyTheAddressAloneThatFailed() {
        String keys = "base-connection-backoff = \"1 hour\"\nmax-connection-backoff = \"2 hours\"";
        try (Backend dead = dead();
                Backend live = Backend.saying("fine");
                PoolGateway front = PoolGateway.to(List.of(dead.address(), live.address()), keys)) {
            List<Wire> all = IntStream.range(0, 10).mapToObj(i -> front.ask("1")).toList();
            all.forEach(wire -> assertThat(wire.answer().status()).isEqualTo(200));
            assertThat(front.failures("backoff")).isZero();
        }
    }

    /// An address where nobody listens, until told.
    private static Backend dead() {
        Backend backend = Backend.saying("fine");
        backend.refuse();
        return backend;
    }

    /// Asks until the gateway has tried that often.
    ///
    /// @return a time before the last attempt
    private static long askUntilAttempt(PoolGateway front, int attempts) {
        long[] before = new long[1];
        Await.until(
                attempts + " attempts were made",
                () -> {
                    before[0] = System.nanoTime();
                    assertThat(front.get("1").status()).isEqualTo(502);
                    return front.failures("connect_refused") == attempts;
                });
        return before[0];
    }
}
