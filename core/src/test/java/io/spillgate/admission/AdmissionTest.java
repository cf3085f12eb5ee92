package io.spillgate.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillgate.config.BackpressureConfig;
import io.spillgate.config.BackpressureProfile;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

class AdmissionTest {
    private Admission admission = Requests.admission(Requests.USUAL);
    private Requests requests = new Requests(admission);

    @Test
    void refusesTheUseOfTheQueueWithoutTheLock() {
        AdmissionQueue<String> queue = new AdmissionQueue<>(new Object(), () -> 0);
        assertThatThrownBy(queue::size).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> queue.poll(false)).isInstanceOf(AssertionError.class);
    }

    @Test
    void letsAsManyRunAndWaitAsItMay() {
        List<Requests.Request> five = ask(5);
        assertThat(five.stream().map(Requests.Request::runs))
                .containsExactly(true, true, false, false, false);
        assertThat(five.stream().map(Requests.Request::waits))
                .containsExactly(false, false, true, true, false);
        assertThat(five.getLast().refusal()).isEqualTo(AdmissionRefusal.QUEUE_FULL);
        assertCounts(2, 2);
    }

    @Test
    void givesWhatIsGivenBackToTheFirstInTheQueue() {
        List<Requests.Request> four = ask(4);
        four.get(1).end();
        assertCounts(2, 1);
        Requests.Request newcomer = requests.ask();
        assertThat(newcomer.waits()).isTrue();
        requests.turn();
        assertThat(four.get(2).runs()).isTrue();
        four.get(0).end();
        requests.turn();
        assertThat(four.get(3).runs()).isTrue();
        assertThat(newcomer.waits()).isTrue();
    }

    @Test
    void countsAReleaseOnce() {
        Requests.Request one = requests.ask();
        one.end();
        one.end();
        assertCounts(0, 0);
    }

    @Test
    void takesOutWhoLeavesTheQueue() {
        List<Requests.Request> four = ask(4);
        four.get(2).leave();
        assertCounts(2, 1);
        four.get(0).end();
        requests.turn();
        assertThat(four.get(3).runs()).isTrue();
        assertCounts(2, 0);
    }

    @Test
    void passesOnWhatOneWasCalledForThatLeavesAtThatMoment() {
        List<Requests.Request> four = ask(4);
        four.get(0).end();
        four.get(2).leave();
        requests.turn();
        assertThat(four.get(2).runs()).isFalse();
        assertThat(four.get(3).runs()).isTrue();
        four.get(1).end();
        four.get(3).end();
        assertCounts(0, 0);
    }

    @Test
    void refusesWhoHasWaitedForTooLong() {
        List<Requests.Request> three = ask(3);
        requests.pass(4999);
        assertThat(three.get(2).waits()).isTrue();
        requests.pass(1);
        assertThat(three.get(2).refusal()).isEqualTo(AdmissionRefusal.QUEUE_TIMEOUT);
        assertCounts(2, 0);
    }

    @Test
    void neitherLosesNorDoublesAPlaceWhoseTimeIsOverWhenItIsCalled() {
        List<Requests.Request> three = ask(3);
        three.get(0).end();
        requests.pass(6000);
        assertThat(three.get(2).runs()).isTrue();
        three.get(1).end();
        three.get(2).end();
        assertCounts(0, 0);
    }

    @Test
    void letsNobodyWaitAboveTheUtilizationAndSomebodyAtIt() {
        ask(2);
        admission.update(2, 0.951);
        assertThat(requests.ask().refusal()).isEqualTo(AdmissionRefusal.UTILIZATION);
        admission.update(2, 0.95);
        assertThat(requests.ask().waits()).isTrue();
    }

    @Test
    void handsNothingOnWhileMoreRunThanMay() {
        admission = Requests.admission(backpressure(4, 10));
        requests = new Requests(admission);
        List<Requests.Request> six = ask(6);
        admission.update(2, 0);
        six.get(0).end();
        six.get(1).end();
        requests.turn();
        assertCounts(2, 2);
        six.get(2).end();
        requests.turn();
        assertThat(six.get(4).runs()).isTrue();
        assertCounts(2, 1);
    }

    @Test
    void callsAllForWhomAHigherLimitHasRoom() {
        admission = Requests.admission(backpressure(10, 10));
        requests = new Requests(admission);
        admission.update(1, 0);
        List<Requests.Request> five = ask(5);
        admission.update(4, 0);
        requests.turn();
        assertThat(five.stream().map(Requests.Request::runs))
                .containsExactly(true, true, true, true, false);
        assertThat(admission.limit()).isEqualTo(4);
    }

    @Test
    void keepsTheLimitBetweenFloorAndCeiling() {
        admission.update(100, 0);
        assertThat(admission.limit()).isEqualTo(2);
        admission.update(0, 0);
        assertThat(admission.limit()).isEqualTo(1);
        admission.apply(Requests.server(1, Requests.USUAL));
        assertThat(admission.limit()).isEqualTo(1);
        admission.update(100, 0);
        assertThat(admission.limit()).isEqualTo(1);
    }

    @Test
    void refusesAtTheCapWhenItDoesNotAdapt() {
        BackpressureConfig off = Requests.off();
        admission = new Admission(Requests.server(1, off), System::nanoTime);
        requests = new Requests(admission);
        assertThat(requests.ask().runs()).isTrue();
        assertThat(requests.ask().refusal()).isEqualTo(AdmissionRefusal.CAP);
        admission.apply(Requests.server(0, off));
        assertThat(ask(5000)).allMatch(Requests.Request::runs);
    }

    @Test
    void servesTheNewestFirstInAQueueThatStandsWhereLatencyCounts() {
        AtomicLong nanoTime = new AtomicLong();
        BackpressureConfig latency = Requests.backpressure(1, 10, BackpressureProfile.LATENCY);
        admission = new Admission(Requests.server(0, latency), nanoTime::get);
        requests = new Requests(admission);
        Requests.Request running = requests.ask();
        Requests.Request oldest = requests.ask();
        Requests.Request older = requests.ask();
        nanoTime.addAndGet(100_000_000);
        Requests.Request newest = requests.ask();
        running.end();
        requests.turn();
        assertThat(newest.runs()).isTrue();
        Requests.Request late = requests.ask();
        requests.pass(20);
        assertThat(late.refusal()).isEqualTo(AdmissionRefusal.QUEUE_TIMEOUT);
        assertThat(oldest.waits()).isTrue();
        requests.pass(80);
        assertThat(oldest.refusal()).isEqualTo(AdmissionRefusal.QUEUE_TIMEOUT);
        assertThat(older.refusal()).isEqualTo(AdmissionRefusal.QUEUE_TIMEOUT);
    }

    @Test
    void keepsTheOrderInAQueueThatDoesNotStand() {
        AtomicLong nanoTime = new AtomicLong();
        BackpressureConfig latency = Requests.backpressure(1, 10, BackpressureProfile.LATENCY);
        admission = new Admission(Requests.server(0, latency), nanoTime::get);
        requests = new Requests(admission);
        Requests.Request running = requests.ask();
        Requests.Request first = requests.ask();
        Requests.Request second = requests.ask();
        nanoTime.addAndGet(99_999_999);
        running.end();
        requests.turn();
        assertThat(first.runs()).isTrue();
        assertThat(second.waits()).isTrue();
    }

    @Test
    void keepsTheOrderInAQueueThatStandsWhereItIsToBeFair() {
        AtomicLong nanoTime = new AtomicLong();
        admission = new Admission(Requests.server(0, backpressure(1, 10)), nanoTime::get);
        requests = new Requests(admission);
        Requests.Request running = requests.ask();
        Requests.Request first = requests.ask();
        nanoTime.addAndGet(1_000_000_000);
        Requests.Request second = requests.ask();
        requests.pass(1000);
        running.end();
        requests.turn();
        assertThat(first.runs()).isTrue();
        assertThat(second.waits()).isTrue();
    }

    @Test
    void beginsWideOpenOnlyWhereItIsToBeFair() {
        assertThat(limitOf(1000, BackpressureProfile.FAIR)).isEqualTo(1000);
        assertThat(limitOf(1000, BackpressureProfile.LATENCY)).isEqualTo(100);
        assertThat(limitOf(50, BackpressureProfile.LATENCY)).isEqualTo(50);
    }

    private static int limitOf(int maxLimit, BackpressureProfile profile) {
        return Requests.admission(Requests.backpressure(maxLimit, 10, profile)).limit();
    }

    private List<Requests.Request> ask(int count) {
        List<Requests.Request> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(requests.ask());
        }
        return all;
    }

    private void assertCounts(int inFlight, int queued) {
        assertThat(admission.inFlight()).isEqualTo(inFlight);
        assertThat(admission.queued()).isEqualTo(queued);
    }

    private static BackpressureConfig backpressure(int limit, int queue) {
        return Requests.backpressure(limit, queue, BackpressureProfile.FAIR);
    }
}
