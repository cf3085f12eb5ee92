package io.spillgate.it.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.Wire;
import io.spillgate.it.proxy.BackendExchange;
import io.spillgate.it.stress.Fleet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// One count and one line for all event loops.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LoopsTest {
    private static final int ROUNDS = 100;
    private static final int MANY = 50;
    private static final Duration AT_ONCE = Duration.ofMillis(100);

    /// What a client got, and after how long.
    private record Outcome(Answer answer, Duration took) {}

    @Test
    void connectionsOfTheseTestsAreOnBothLoops() {
        try (AccessLog log = AccessLog.open();
                AdmissionGateway gate = AdmissionGateway.start("log.access = true")) {
            for (int i = 0; i < 2; i++) {
                ask(gate.connect(), "GET /health?mark=" + i + " HTTP/1.1\nHost: test\n\n");
            }
            Await.until(
                    "both are logged", () -> log.loopOf("0") != null && log.loopOf("1") != null);
            assertThat(List.of(String.valueOf(log.loopOf("0")), String.valueOf(log.loopOf("1"))))
                    .containsExactlyInAnyOrder("spillgate-io-1", "spillgate-io-2");
        }
    }

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void requestsOfOneConnectionAreNotInEachOthersWay(String io) {
        try (Backend backend = Backend.saying("fine");
                AdmissionGateway gate =
                        AdmissionGateway.start(
                                ".maxLimit = 1\n.queueSize = 0\nhttp.io = \"" + io + "\"",
                                backend)) {
            for (int round = 0; round < ROUNDS; round++) {
                Wire wire = gate.connect().sendLines(AdmissionGateway.getLines("x").repeat(10));
                for (int i = 0; i < 10; i++) {
                    assertThat(wire.answer().status()).isEqualTo(200);
                }
                wire.close();
                gate.awaitInFlight(0);
            }
        }
    }

    @Test
    void ofThreeAtOnceOneRunsOneWaitsAndOneIsRefusedAtOnce() throws Exception {
        int late = 0;
        try (AdmissionGateway gate = AdmissionGateway.start(".maxLimit = 1\n.queueSize = 1")) {
            for (int round = 0; round < ROUNDS; round++) {
                late += roundOfThree(gate).compareTo(AT_ONCE) > 0 ? 1 : 0;
            }
            assertThat(gate.shed("queue_full")).isEqualTo(ROUNDS);
            assertThat(gate.backend().requests()).hasSize(2 * ROUNDS);
        }
        assertThat(late).as("refusals that took longer than %s", AT_ONCE).isLessThan(ROUNDS / 10);
    }

    /// @return how long the refusal took
    private static Duration roundOfThree(AdmissionGateway gate) throws InterruptedException {
        BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
        CyclicBarrier together = new CyclicBarrier(3);
        try (Fleet clients = new Fleet(Duration.ofSeconds(60))) {
            for (int i = 0; i < 3; i++) {
                Wire wire = gate.connect();
                clients.start(() -> {
                    together.await();
                    long start = System.nanoTime();
                    wire.sendLines(AdmissionGateway.getLines("x"));
                    Answer answer = wire.answer();
                    return outcomes.add(
                            new Outcome(answer, Duration.ofNanos(System.nanoTime() - start)));
                });
            }
            BackendExchange first = gate.next();
            Outcome refused = next(outcomes);
            AdmissionGateway.expectBusy(refused.answer);
            assertThat(gate.inFlight()).isEqualTo(1);
            assertThat(gate.queued()).isEqualTo(1);
            int seen = gate.backend().requests().size();
            assertThat(seen % 2).as("requests at the backend: %d", seen).isEqualTo(1);
            first.ok("first");
            assertThat(next(outcomes).answer.body()).isEqualTo("first");
            gate.next().ok("second");
            assertThat(next(outcomes).answer.body()).isEqualTo("second");
            clients.join();
            gate.expectEmpty();
            return refused.took;
        }
    }

    @Test
    void thoseWhoWaitAreServedInTheOrderInWhichTheyCame() {
        try (AdmissionGateway gate =
                AdmissionGateway.start(".maxLimit = 1\n.queueTimeout = 60000")) {
            AdmissionGateway.Running first = gate.run("first");
            List<Wire> waiting = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                waiting.add(gate.queue(String.valueOf(i)));
            }
            first.finish();
            for (int i = 0; i < MANY; i++) {
                BackendExchange exchange = gate.next();
                assertThat(exchange.request().target()).isEqualTo("/api/" + i);
                assertThat(gate.inFlight()).isEqualTo(1);
                assertThat(gate.backend().requests()).hasSize(i + 2);
                exchange.ok("done");
                assertThat(waiting.get(i).answer().body()).isEqualTo("done");
            }
            gate.expectEmpty();
        }
    }

    @Test
    void aNewcomerNeverOvertakesWhoWaits() throws Exception {
        try (AdmissionGateway gate =
                AdmissionGateway.start(".maxLimit = 1\n.queueTimeout = 60000")) {
            for (int round = 0; round < ROUNDS; round++) {
                AdmissionGateway.Running running = gate.run("running");
                Wire waiting = gate.queue("waiting");
                CyclicBarrier together = new CyclicBarrier(3);
                try (Fleet others = new Fleet(Duration.ofSeconds(60))) {
                    for (int i = 0; i < 2; i++) {
                        Wire newcomer = gate.connect();
                        others.start(() -> {
                            together.await();
                            newcomer.sendLines(AdmissionGateway.getLines("newcomer"));
                            return newcomer.answer();
                        });
                    }
                    others.start(() -> {
                        together.await();
                        running.finish();
                        return true;
                    });
                    BackendExchange next = gate.next();
                    assertThat(next.request().target()).isEqualTo("/api/waiting");
                    gate.awaitQueued(2);
                    assertThat(gate.inFlight()).isEqualTo(1);
                    next.ok("waiting");
                    waiting.answer();
                    gate.next().ok("newcomer");
                    gate.next().ok("newcomer");
                    others.join();
                }
            }
        }
    }

    private static Answer ask(Wire wire, String lines) {
        return wire.sendLines(lines).answer();
    }

    private static Outcome next(BlockingQueue<Outcome> outcomes) throws InterruptedException {
        Outcome outcome = outcomes.poll(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (outcome == null) {
            throw new AssertionError("nobody got an answer");
        }
        return outcome;
    }
}
