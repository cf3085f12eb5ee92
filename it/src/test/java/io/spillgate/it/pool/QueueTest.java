package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendRequest;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A full pool lets exactly as many requests wait as it was told, and says no to the next at once.
final class QueueTest {
    @AutoClose private final HeldReplies gate = new HeldReplies();
    private final Backend backend = gate.backend();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 50})
    void letsExactlyAsManyWaitAsItWasTold(int size) {
        try (PoolGateway gateway = narrow("queue-size-for-503 = " + size)) {
            List<Wire> served = new ArrayList<>();
            served.add(gateway.ask("first"));
            backend.awaitRequests(1);
            for (int i = 1; i <= size; i++) {
                served.add(gateway.ask("waits"));
                gateway.awaitQueued(i);
            }
            Wire refused = gateway.ask("beyond");
            assertThat(refused.answer().status()).isEqualTo(503);
            assertThat(gateway.queued()).isEqualTo(size);
            assertThat(gateway.failures("queue_full")).isEqualTo(1);
            gate.open();
            for (Wire wire : served) {
                assertThat(wire.answer().status()).isEqualTo(200);
            }
            assertThat(backend.requests()).hasSize(1 + size);
        }
    }

    @Test
    void refusesWithTheNumbersAndKeepsTheClientsConnection() {
        try (PoolGateway gateway = narrow("queue-size-for-503 = 1")) {
            gateway.ask("first");
            backend.awaitRequests(1);
            gateway.ask("waits");
            gateway.awaitQueued(1);
            Wire refused = gateway.ask("beyond");
            Answer answer = refused.answer();
            assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 503 Service Unavailable");
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            assertThat(answer.header("Connection")).isNotEqualTo("close");
            assertThat(answer.text())
                    .contains("1 connection")
                    .contains("1 in flight")
                    .contains("1 waiting");
            gate.open();
            gateway.awaitInFlight(0);
            refused.sendLines("GET /api/again HTTP/1.1\nHost: test\n\n");
            assertThat(refused.answer().body()).isEqualTo("/api/again");
        }
    }

    @Test
    void doesNotCountTheRequestsWhoseConnectionIsBeingOpened() {
        try (PoolGateway gateway = PoolGateway.to(backend, "queue-size-for-503 = 0")) {
            List<Wire> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                all.add(gateway.ask(String.valueOf(i)));
            }
            Await.until(
                    "all run or are refused",
                    () -> gateway.inFlight() + gateway.failures("queue_full") == 20);
            assertThat(gateway.failures("queue_full")).isZero();
            gate.open();
            for (Wire wire : all) {
                assertThat(wire.answer().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void servesThoseWhoWaitInTheirOrderWhicheverLoopTheyAreOn() {
        try (PoolGateway gateway = narrow("")) {
            List<Wire> all = new ArrayList<>();
            all.add(gateway.ask("0"));
            backend.awaitRequests(1);
            for (int i = 1; i <= 20; i++) {
                all.add(gateway.ask(String.valueOf(i)));
                gateway.awaitQueued(i);
            }
            gate.open();
            for (int i = 0; i <= 20; i++) {
                assertThat(all.get(i).answer().body()).isEqualTo("/api/" + i);
                assertThat(backend.requests().get(i).target()).isEqualTo("/api/" + i);
            }
            assertThat(backend.total()).isEqualTo(1);
        }
    }

    @Test
    void letsNobodyWaitLongerThanTheQueueTimeout() {
        try (PoolGateway gateway = narrow("queue-timeout = \"300ms\"")) {
            Wire running = gateway.ask("first");
            backend.awaitRequests(1);
            long start = System.nanoTime();
            Wire late = gateway.ask("late");
            Answer answer = late.answer();
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(290), Duration.ofSeconds(5));
            assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 503 Service Unavailable");
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            assertThat(gateway.failures("queue_timeout")).isEqualTo(1);
            gate.open();
            assertThat(running.answer().status()).isEqualTo(200);
            late.sendLines("GET /api/again HTTP/1.1\nHost: test\n\n");
            assertThat(late.answer().body()).isEqualTo("/api/again");
            assertThat(backend.requests()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void neverSendsTheRequestOfAClientThatLeft(boolean byReset) {
        try (PoolGateway gateway = narrow("queue-size-for-503 = 2")) {
            Wire running = gateway.ask("first");
            backend.awaitRequests(1);
            Wire leaver = gateway.ask("gone");
            gateway.awaitQueued(1);
            Wire waiting = gateway.ask("stays");
            gateway.awaitQueued(2);
            if (byReset) {
                leaver.reset();
            } else {
                leaver.halfClose();
            }
            gateway.awaitQueued(1);
            Wire next = gateway.ask("next");
            gateway.awaitQueued(2);
            gate.open();
            assertThat(running.answer().status()).isEqualTo(200);
            assertThat(waiting.answer().body()).isEqualTo("/api/stays");
            assertThat(next.answer().body()).isEqualTo("/api/next");
            assertThat(backend.requests())
                    .extracting(BackendRequest::target)
                    .doesNotContain("/api/gone");
        }
    }

    @Test
    void measuresHowLongRequestsWait() {
        try (PoolGateway gateway = narrow("")) {
            Wire running = gateway.ask("first");
            backend.awaitRequests(1);
            Wire waiting = gateway.ask("waits");
            gateway.awaitQueued(1);
            long start = System.nanoTime();
            Await.until("it has waited", () -> System.nanoTime() - start > 200_000_000L);
            gate.open();
            assertThat(running.answer().status()).isEqualTo(200);
            assertThat(waiting.answer().status()).isEqualTo(200);
            String pool = "{destination=\"x\"}";
            assertThat(gateway.gateway().metric("spillgate_pool_wait_seconds_count" + pool))
                    .isEqualTo(2);
            assertThat(gateway.gateway().metric("spillgate_pool_wait_seconds_sum" + pool))
                    .isBetween(0.2, 9.0);
        }
    }

    /// Five connections, two requests on each, fifty that wait: of eighty, twenty are one too many.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isExactOverAllLoopsWhenEverybodyComesAtOnce(boolean warm) throws InterruptedException {
        String keys =
                """
                backend-connections-per-ip-port = 5
                in-flight-requests-per-backend-connection = 2
                queue-size-for-503 = 50
                safe-pipeline-timeout = "1 min"
                keep-alive-timeout = "1 min"
                """;
        try (PoolGateway gateway = PoolGateway.to(backend, keys)) {
            if (warm) {
                gateway.get("free");
            }
            Rush rush = new Rush(gateway, 80);
            rush.start();
            rush.awaitAnswers(20);
            assertThat(rush.slowestSoFar()).isLessThan(Duration.ofSeconds(2));
            backend.awaitRequests(warm ? 11 : 10);
            assertThat(gateway.inFlight()).isEqualTo(10);
            assertThat(gateway.queued()).isEqualTo(50);
            assertThat(gateway.failures("queue_full")).isEqualTo(20);
            assertThat(rush.statuses()).hasSize(20).containsOnly(503);
            assertThat(backend.total()).isEqualTo(5);
            gate.open();
            rush.join();
            assertThat(rush.statuses()).hasSize(80).filteredOn(one -> one == 200).hasSize(60);
            Await.until("nothing is left", () -> gateway.inFlight() + gateway.queued() == 0);
            assertThat(backend.mostOpen()).isEqualTo(5);
        }
    }

    private PoolGateway narrow(String keys) {
        return PoolGateway.to(
                backend,
                "backend-connections-per-ip-port = 1\nkeep-alive-timeout = \"1 min\"\n" + keys);
    }
}
