package io.spillgate.it.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;

/// The rule for the limit, as `/stats` shows it of a gateway whose loops are really busy or idle.
///
/// There are three; two of them, which is the busier half, can be kept busy, and the third one
/// answers quickly.
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RuleTest {
    private static final int MANY = 1000;
    private static final int PACE = 20;
    private static final Duration WINDOW = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration A_FEW_WINDOWS = Duration.ofSeconds(1);

    private final CountDownLatch over = new CountDownLatch(1);
    private AccessLog log;
    private AdmissionGateway gate;

    @BeforeEach
    void start() {
        log = AccessLog.open();
        gate = gate("");
    }

    @AfterEach
    void stop() {
        gate.close();
        log.close();
        over.countDown();
    }

    /// A gateway that decides every 100 ms and whose backend says nothing until the end.
    private AdmissionGateway gate(String settings) {
        Backend backend =
                Backend.start((request, reply) -> {
                    over.await();
                    reply.ok("late");
                });
        return AdmissionGateway.start(
                "http.thread_pool_size = 3\nlog.access = true\n.sampleWindow = 100\n" + settings,
                backend);
    }

    private void restart(String settings) {
        gate.close();
        gate = gate(settings);
    }

    /// Not every value can be seen; but each one that is seen must be one of the rule.
    @Test
    void fallsByATenthEachTimeAndRisesByItsRoot() {
        assertThat(falling().get(7)).isLessThanOrEqualTo(500);
        assertThat(falling().get(22)).isLessThanOrEqualTo(100);
        assertThat(falling().get(40)).isLessThanOrEqualTo(10);
        assertThat(rising()).hasSize(63);

        hold(MANY);
        try (Burner burner = Burner.start(gate, log)) {
            expectMostOf(falling(), limits(gate, 1, LONG));
            assertThat(burner.isAlive()).isTrue();
        }
        expectMostOf(rising(), limits(gate, MANY, LONG));
    }

    /// A decision is made in every window, neither more often nor less.
    @Test
    void decidesOnceInEveryWindow() {
        hold(MANY);
        try (Burner burner = Burner.start(gate, log)) {
            Await.until("it falls", () -> gate.limit() < MANY);
            long start = System.nanoTime();
            List<Integer> seen = limits(gate, 9, LONG);
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            int windows = falling().indexOf(9) - falling().indexOf(seen.getFirst());
            assertThat(took)
                    .isBetween(WINDOW.multipliedBy(windows - 2), WINDOW.multipliedBy(2L * windows));
            assertThat(burner.isAlive()).isTrue();
        }
    }

    @Test
    void staysWhereFewRequestsRun() {
        hold(MANY / 2 - 1);
        try (Burner burner = Burner.start(gate, log)) {
            burner.awaitSaturation(gate);
            assertThat(limits(gate, 0, A_FEW_WINDOWS)).containsExactly(MANY);
            hold(1);
            Await.until("it falls", () -> gate.limit() < MANY);
        }
    }

    @Test
    void keepsFloorAndCeilingAndBeginsWhereItIsTold() {
        restart(".minLimit = 60\n.maxLimit = 100\n.initialLimit = 70\n.queueSize = 0");
        assertThat(limits(gate, 100, LONG)).isSubsetOf(70, 79, 88, 98, 100).endsWith(98, 100);
        hold(100);
        try (Burner burner = Burner.start(gate, log)) {
            List<Integer> seen = limits(gate, 60, LONG);
            expectMostOf(List.of(100, 90, 81, 72, 64, 60), seen);
            assertThat(limits(gate, 0, A_FEW_WINDOWS)).containsExactly(60);
            assertThat(burner.isAlive()).isTrue();
        }
        expectMostOf(List.of(60, 68, 77, 86, 96, 100), limits(gate, 100, LONG));
        assertThat(limits(gate, 0, A_FEW_WINDOWS)).containsExactly(100);
    }

    @Test
    void refusesAtOnceWhoWouldWaitForBusyLoops() {
        restart(".minLimit = 10\n.maxLimit = 10");
        hold(10);
        try (Burner burner = Burner.start(gate, log)) {
            burner.awaitSaturation(gate);
            Answer answer = gate.get("x").answer();
            AdmissionGateway.expectBusy(answer);
            assertThat(gate.shed("utilization")).isEqualTo(1);
            assertThat(gate.shed("queue_full")).isZero();
        }
        Await.until("it is idle", () -> gate.stats().getDouble("elu") < 0.5);
        gate.queue("y");
        assertThat(gate.shed("utilization")).isEqualTo(1);
    }

    @Test
    void letsThemWaitWhereNothingIsTooBusy() {
        restart(".minLimit = 10\n.maxLimit = 10\n.eluMax = 1.0\n.queueTimeout = 60000");
        hold(10);
        try (Burner burner = Burner.start(gate, log)) {
            burner.awaitSaturation(gate);
            gate.queue("x");
            assertThat(gate.shed("utilization")).isZero();
        }
    }

    @Test
    void aLimitThatRisesLetsInWhoWaits() {
        restart(".maxLimit = 100\n.minLimit = 5\n.initialLimit = 5\n.queueSize = 200");
        for (int i = 0; i < 60; i++) {
            gate.get("held");
        }
        gate.awaitInFlight(60);
        assertThat(gate.queued()).isZero();
        gate.awaitLimit(100);
    }

    /// Has so many more requests wait for the backend. Where the loops were busy with their arrival
    /// so that some were refused, others come in their place.
    private void hold(int count) {
        int wanted = gate.inFlight() + count;
        int limit = gate.limit();
        int asked = 0;
        int refused = 0;
        while (gate.inFlight() < wanted) {
            gate.awaitLimit(limit);
            for (; asked < count + refused; asked++) {
                gate.get("held");
                if (asked % PACE == 0) {
                    gate.stats();
                }
            }
            int sent = asked;
            Await.until(
                    "all are decided on", () -> gate.inFlight() + shed() >= wanted - count + sent);
            refused = asked - (gate.inFlight() - (wanted - count));
        }
    }

    private int shed() {
        Config shed = gate.stats().getConfig("shed");
        return shed.root().keySet().stream().mapToInt(shed::getInt).sum();
    }

    /// Requires that values are some of these, in this order, and few are missing.
    private static void expectMostOf(List<Integer> all, List<Integer> seen) {
        assertThat(all).containsSubsequence(seen);
        assertThat(seen).hasSizeGreaterThan(all.size() * 2 / 3);
        assertThat(seen.getLast()).isEqualTo(all.getLast());
    }

    /// The values that the limit takes one after the other, beginning with what it is now, until it
    /// has reached one or the time is over.
    private static List<Integer> limits(AdmissionGateway gate, int last, Duration most) {
        List<Integer> limits = new ArrayList<>();
        long start = System.nanoTime();
        while (limits.isEmpty()
                || (limits.getLast() != last && System.nanoTime() - start < most.toNanos())) {
            int limit = gate.limit();
            if (limits.isEmpty() || limits.getLast() != limit) {
                limits.add(limit);
            }
        }
        return limits;
    }

    private static List<Integer> falling() {
        List<Integer> limits = new ArrayList<>(List.of(MANY));
        while (limits.getLast() > 1) {
            limits.add((int) Math.floor(0.9 * limits.getLast()));
        }
        return limits;
    }

    private static List<Integer> rising() {
        List<Integer> limits = new ArrayList<>(List.of(1));
        while (limits.getLast() < MANY) {
            int limit = limits.getLast();
            int step = (int) Math.max(1, Math.ceil(Math.sqrt(limit)));
            limits.add(Math.min(MANY, limit + step));
        }
        return limits;
    }

    /// Keeps two of three loops busy all the time, but not the one that answers about numbers.
    private static final class Burner implements AutoCloseable {
        private static final int CONNECTIONS = 8;
        private static final int PIPELINED = 8;
        private static final String REQUEST =
                "GET /health?burn=4000 HTTP/1.1\r\nHost: test\r\n\r\n".repeat(PIPELINED);

        private final List<Thread> threads = new ArrayList<>();
        private volatile boolean goesOn = true;

        static Burner start(AdmissionGateway gate, AccessLog log) {
            List<Wire> wires = new ArrayList<>();
            for (int i = 0; wires.size() < CONNECTIONS; i++) {
                Wire wire = gate.connect();
                String mark = "burner" + i;
                wire.sendLines("GET /health?mark=" + mark + " HTTP/1.1\nHost: test\n\n").answer();
                Await.until("it is logged", () -> log.loopOf(mark) != null);
                if (!Objects.equals(log.loopOf(mark), log.loopOf(AdmissionGateway.MARK))) {
                    wires.add(wire);
                }
            }
            Burner burner = new Burner();
            for (Wire wire : wires) {
                burner.threads.add(Thread.ofVirtual().start(() -> burner.burn(wire)));
            }
            return burner;
        }

        void awaitSaturation(AdmissionGateway gate) {
            Await.until("the loops are busy", () -> gate.stats().getDouble("elu") > 0.98);
        }

        boolean isAlive() {
            return threads.stream().allMatch(Thread::isAlive);
        }

        /// Always a few more requests are on their way than are answered.
        private void burn(Wire wire) {
            wire.send(REQUEST);
            while (goesOn) {
                wire.send(REQUEST);
                for (int i = 0; i < PIPELINED; i++) {
                    wire.answer();
                }
            }
        }

        @Override
        public void close() {
            goesOn = false;
            try {
                for (Thread thread : threads) {
                    thread.join();
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
