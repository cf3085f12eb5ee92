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
        try (PoolGateway front = narrow("queue-size-for-503 = " + size)) {
            List<Wire> served = new ArrayList<>();
            served.add(front.ask("first"));
            backend.awaitRequests(1);
            for (int i = 1; i <= size; i++) {
                served.add(front.ask("waits"));
                front.awaitQueued(i);
            }
            Wire refused = front.ask("beyond");
            assertThat(refused.answer().status()).isEqualTo(503);
            assertThat(front.queued()).isEqualTo(size);
            assertThat(front.failures("queue_full")).isEqualTo(1);
            gate.open();
            for (Wire wire : served) {
                assertThat(wire.answer().status()).isEqualTo(200);
            }
            assertThat(backend.requests()).hasSize(1 + size);
        }
    }

    @Test
    void refusesWithTheNumbersAndKeepsTheClientsConnection() {
        try (PoolGateway front = narrow("queue-size-for-503 = 1")) {
            front.ask("first");
            backend.awaitRequests(1);
            front.ask("waits");
            front.awaitQueued(1);
            Wire refused = front.ask("beyond");
            Answer answer = refused.answer();
            assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 503 Service Unavailable");
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            assertThat(answer.header("Connection")).isNotEqualTo("close");
            assertThat(answer.text())
                    .contains("1 connection")
                    .contains("1 in flight")
                    .contains("1 waiting");
            gate.open();
            front.awaitInFlight(0);
            refused.sendLines("GET /api/again HTTP/1.1\nHost: test\n\n");
            assertThat(refused.answer().body()).isEqualTo("/api/again");
        }
    }

    @Test
    void doesNotCountTheRequestsWhoseConnectionIsBeingOpened() {
        try (PoolGateway front = PoolGateway.to(backend, "queue-size-for-503 = 0")) {
            List<Wire> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                all.add(front.ask(String.valueOf(i)));
            }
            Await.until(
                    "all run or are refused",
                    () -> front.inFlight() + front.failures("queue_full") == 20);
            assertThat(front.failures("queue_full")).isZero();
            gate.open();
            for (Wire wire : all) {
                assertThat(wire.answer().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void servesThoseWhoWaitInTheirOrderWhicheverLoopTheyAreOn() {
        try (PoolGateway front = narrow("")) {
            List<Wire> all = new ArrayList<>();
            all.add(front.ask("0"));
            backend.awaitRequests(1);
            for (int i = 1; i <= 20; i++) {
                all.add(front.ask(String.valueOf(i)));
                front.awaitQueued(i);
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
        try (PoolGateway front = narrow("queue-timeout = \"300ms\"")) {
            Wire running = front.ask("first");
            backend.awaitRequests(1);
            long start = System.nanoTime();
            Wire late = front.ask("late");
            Answer answer = late.answer();
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(290), Duration.ofSeconds(5));
            assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 503 Service Unavailable");
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            assertThat(front.failures("queue_timeout")).isEqualTo(1);
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
        try (PoolGateway front = narrow("queue-size-for-503 = 2")) {
            Wire running = front.ask("first");
            backend.awaitRequests(1);
            Wire leaver = front.ask("gone");
            front.awaitQueued(1);
            Wire waiting = front.ask("stays");
            front.awaitQueued(2);
            if (byReset) {
                leaver.reset();
            } else {
                leaver.halfClose();
            }
            front.awaitQueued(1);
            Wire next = front.ask("next");
            front.awaitQueued(2);
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
        try (PoolGateway front = narrow("")) {
            Wire running = front.ask("first");
            backend.awaitRequests(1);
            Wire waiting = front.ask("waits");
            front.awaitQueued(1);
            long start = System.nanoTime();
            Await.until("it has waited", () -> System.nanoTime() - start > 200_000_000L);
            gate.open();
            assertThat(running.answer().status()).isEqualTo(200);
            assertThat(waiting.answer().status()).isEqualTo(200);
            String pool = "{destination=\"x\"}";
            assertThat(front.gateway().metric("spillgate_pool_wait_seconds_count" + pool))
                    .isEqualTo(2);
            assertThat(front.gateway().metric("spillgate_pool_wait_seconds_sum" + pool))
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
        try (PoolGateway front = PoolGateway.to(backend, keys)) {
            if (warm) {
                front.get("free");
            }
            Rush rush = new Rush(front, 80);
            rush.start();
            rush.awaitAnswers(20);
            assertThat(rush.slowestSoFar()).isLessThan(Duration.ofSeconds(2));
            backend.awaitRequests(warm ? 11 : 10);
            assertThat(front.inFlight()).isEqualTo(10);
            assertThat(front.queued()).isEqualTo(50);
            assertThat(front.failures("queue_full")).isEqualTo(20);
            assertThat(rush.statuses()).hasSize(20).containsOnly(503);
            assertThat(backend.total()).isEqualTo(5);
            gate.open();
            rush.join();
            assertThat(rush.statuses()).hasSize(80).filteredOn(one -> one == 200).hasSize(60);
            Await.until("nothing is left", () -> front.inFlight() + front.queued() == 0);
            assertThat(backend.mostOpen()).isEqualTo(5);
        }
    }

    private PoolGateway narrow(String keys) {
        return PoolGateway.to(
                backend,
                "backend-connections-per-ip-port = 1\nkeep-alive-timeout = \"1 min\"\n" + keys);
    }
}
