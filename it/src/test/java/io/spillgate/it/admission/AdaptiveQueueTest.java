package io.spillgate.it.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Wire;
import io.spillgate.it.proxy.Visit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;

/// The queue that turns round.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class AdaptiveQueueTest {
    private static final String PATIENT = ".queueTimeout = 60000\n";
    private static final String ONE = PATIENT + ".maxLimit = 1\n";
    private static final Duration STANDS = Duration.ofSeconds(3);

    private Gate gate;

    @BeforeEach
    void start() {
        gate = Gate.start(ONE);
    }

    @AfterEach
    void stop() {
        gate.close();
    }

    private void restart(String settings) {
        gate.close();
        gate = Gate.start(settings);
    }

    @Test
    void anAdaptiveQueueThatDoesNotStandKeepsTheOrder() {
        restart(ONE + ".queueDiscipline = \"adaptive\"\n.standingQueueAfter = 30000");
        Gate.Running running = gate.run("x");
        Wire first = gate.queue("first");
        Wire second = gate.queue("second");
        running.finish();
        expectNext("/api/first", first);
        expectNext("/api/second", second);
        gate.expectEmpty();
    }

    @Test
    void anAdaptiveQueueThatStandsServesTheNewestFirst() {
        restart(
                ONE
                        + """
                        .queueDiscipline = "adaptive"
                        .standingQueueAfter = 3000
                        .standingQueueTimeout = 20000
                        """);
        Gate.Running running = gate.run("x");
        stand();
        Wire older = gate.queue("older");
        Wire newer = gate.queue("newer");
        running.finish();
        expectNext("/api/newer", newer);
        expectNext("/api/older", older);
    }

    @Test
    void inAnAdaptiveQueueThatStandsNobodyWaitsForLong() {
        restart(
                ONE
                        + """
                        .queueDiscipline = "adaptive"
                        .standingQueueAfter = 3000
                        .standingQueueTimeout = 20
                        """);
        gate.run("x");
        stand();
        long start = System.nanoTime();
        Gate.expectBusy(gate.get("late").answer());
        assertThat(System.nanoTime() - start).isLessThan(STANDS.toNanos() / 3);
        assertThat(gate.shed("queue_timeout")).isEqualTo(2);
        assertThat(gate.queued()).isEqualTo(1);
    }

    /// Has a request wait until it is refused, while another one waits that came a while later.
    private void stand() {
        Wire first = gate.queue("first");
        first.expectSilence(STANDS.multipliedBy(2).dividedBy(3));
        gate.queue("other");
        Gate.expectBusy(first.answer());
        gate.awaitQueued(1);
    }

    private void expectNext(String target, Wire wire) {
        Visit visit = gate.next();
        assertThat(visit.request().target()).isEqualTo(target);
        visit.ok("done");
        assertThat(wire.answer().body()).isEqualTo("done");
    }
}
