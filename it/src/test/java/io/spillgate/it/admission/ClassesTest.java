package io.spillgate.it.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.BackendRequest;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.Wire;
import io.spillgate.it.proxy.Visit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Shares and priorities of classes, and the queue that turns round.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ClassesTest {
    private static final String PATIENT = ".queueTimeout = 60000\n";
    private static final String ONE = PATIENT + ".maxLimit = 1\n";
    private static final Duration STANDS = Duration.ofSeconds(3);
    private static final String CLASSED = ".shares = { request = 0.1 }\n";

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
    void aFloodOfOneClassLeavesAnotherItsShare() {
        restart(PATIENT + ".maxLimit = 10\n.shares = { request = 0.4 }");
        for (int i = 0; i < 20; i++) {
            gate.getBulk("x");
        }
        gate.awaitQueued(14);
        assertThat(gate.inFlight()).isEqualTo(6);
        List<Visit> bulk = visits(6, "/bulk/x");
        for (int i = 0; i < 4; i++) {
            gate.get("y");
        }
        List<Visit> requests = visits(4, "/api/y");
        assertThat(gate.inFlight()).isEqualTo(10);
        assertThat(gate.queued()).isEqualTo(14);
        gate.queue("z");
        requests.removeFirst().ok("done");
        requests.addAll(visits(1, "/api/z"));
        requests.removeFirst().ok("done");
        gate.awaitInFlight(9);
        assertThat(gate.queued()).isEqualTo(14);
        bulk.removeFirst().ok("done");
        visits(1, "/bulk/x");
        assertThat(gate.queued()).isEqualTo(13);
    }

    @Test
    void whatNobodyElseIsPromisedMayBeTakenByAll() {
        restart(PATIENT + ".maxLimit = 10\n.shares = { request = 0.4 }");
        for (int i = 0; i < 12; i++) {
            gate.get("y");
        }
        gate.awaitQueued(2);
        assertThat(gate.inFlight()).isEqualTo(10);
    }

    @Test
    void theMoreImportantIsServedFirst() {
        restart(ONE + CLASSED);
        Gate.Running running = gate.run("x");
        Wire bulk = gate.getBulk("bulk");
        gate.awaitQueued(1);
        Wire first = gate.queue("first");
        Wire second = gate.queue("second");
        running.finish();
        expectNext("/api/first", first);
        expectNext("/api/second", second);
        expectNext("/bulk/bulk", bulk);
        gate.expectEmpty();
    }

    @Test
    void withoutSharesNobodyIsMoreImportant() {
        Gate.Running running = gate.run("x");
        Wire bulk = gate.getBulk("bulk");
        gate.awaitQueued(1);
        Wire first = gate.queue("first");
        running.finish();
        expectNext("/bulk/bulk", bulk);
        expectNext("/api/first", first);
        gate.expectEmpty();
    }

    @Test
    void theMoreImportantTakesThePlaceOfTheLessImportantInAFullQueue() {
        restart(ONE + CLASSED + ".queueSize = 2");
        Gate.Running running = gate.run("x");
        Wire older = gate.getBulk("older");
        gate.awaitQueued(1);
        Wire newer = gate.getBulk("newer");
        gate.awaitQueued(2);
        Wire first = gate.get("first");
        Gate.expectBusy(newer.answer());
        assertThat(gate.shed("displaced")).isEqualTo(1);
        assertThat(gate.queued()).isEqualTo(2);
        Gate.expectBusy(gate.getBulk("more").answer());
        Wire second = gate.get("second");
        Gate.expectBusy(older.answer());
        Gate.expectBusy(gate.get("third").answer());
        assertThat(gate.shed("displaced")).isEqualTo(2);
        assertThat(gate.shed("queue_full")).isEqualTo(2);
        running.finish();
        expectNext("/api/first", first);
        expectNext("/api/second", second);
        gate.expectEmpty();
        assertThat(gate.backend().requests())
                .extracting(BackendRequest::target)
                .containsExactly("/api/x", "/api/first", "/api/second");
    }

    @Test
    void whoComesBackIsServedBeforeWhoIsNew() {
        restart(ONE + CLASSED);
        Gate.Running running = gate.run("x");
        Wire fresh = subscribe("");
        gate.awaitQueued(1);
        Wire back = subscribe("Last-Event-ID: earliest\n");
        gate.awaitQueued(2);
        Wire request = gate.queue("y");
        running.finish();
        Visit visit = gate.next();
        assertThat(visit.request().target()).isEqualTo("/api/y");
        assertThat(gate.queued()).isEqualTo(2);
        visit.ok("done");
        assertThat(request.answer().body()).isEqualTo("done");
        EventStream.over(back, back.head()).expectOpening();
        EventStream.over(fresh, fresh.head()).expectOpening();
        gate.expectEmpty();
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

    private Wire subscribe(String headerLines) {
        return gate.ask("GET /events/t HTTP/1.1\nHost: test\n" + headerLines + "\n");
    }

    private void expectNext(String target, Wire wire) {
        Visit visit = gate.next();
        assertThat(visit.request().target()).isEqualTo(target);
        visit.ok("done");
        assertThat(wire.answer().body()).isEqualTo("done");
    }

    private List<Visit> visits(int count, String target) {
        List<Visit> visits = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Visit visit = gate.next();
            assertThat(visit.request().target()).isEqualTo(target);
            visits.add(visit);
        }
        return visits;
    }
}
