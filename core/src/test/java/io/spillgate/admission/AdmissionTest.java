package io.spillgate.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillgate.config.BackpressureConfig;
import io.spillgate.config.RequestClass;
import io.spillgate.config.SharesConfig;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

class AdmissionTest {
    private Admission admission = Requests.admission(Requests.USUAL);
    private Requests requests = new Requests(admission);

    @Test
    void refusesTheUseOfTheQueueWithoutTheLock() {
        AdmissionQueue queue = new AdmissionQueue(new Object(), () -> 0);
        assertThatThrownBy(queue::size).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> queue.next(_ -> true, false)).isInstanceOf(AssertionError.class);
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
    void keepsAShareForAClass() {
        admission = Requests.admission(shared(10, 0, new SharesConfig(0.2, 0, 0.1, 0, 0)));
        requests = new Requests(admission);
        List<Requests.Request> proxied = ask(8);
        assertThat(proxied.stream().filter(Requests.Request::runs)).hasSize(7);
        assertThat(requests.ask(RequestClass.RESUME).runs()).isTrue();
        assertThat(requests.ask(RequestClass.RESUME).runs()).isFalse();
        assertThat(requests.ask(RequestClass.PUBLISH).runs()).isTrue();
        assertThat(requests.ask(RequestClass.PUBLISH).runs()).isTrue();
        assertThat(requests.ask(RequestClass.PUBLISH).runs()).isFalse();
        assertCounts(10, 0);
        proxied.get(0).end();
        assertThat(requests.ask(RequestClass.PUBLISH).runs()).isTrue();
    }

    @Test
    void keepsAShareAlsoWhenTheLimitIsLow() {
        admission = Requests.admission(shared(2, 0, new SharesConfig(0, 0.4, 0, 0, 0)));
        requests = new Requests(admission);
        assertThat(requests.ask(RequestClass.STREAM).runs()).isTrue();
        assertThat(requests.ask(RequestClass.STREAM).runs()).isFalse();
        assertThat(requests.ask().runs()).isTrue();
    }

    @Test
    void letsAnybodyRunWhileNothingElseDoes() {
        admission = Requests.admission(shared(10, 1, new SharesConfig(1, 0, 0, 0, 0)));
        requests = new Requests(admission);
        Requests.Request running = requests.ask();
        Requests.Request next = requests.ask();
        assertThat(running.runs()).isTrue();
        assertThat(next.waits()).isTrue();
        running.end();
        requests.turn();
        assertThat(next.runs()).isTrue();
    }

    @Test
    void servesTheMoreImportantClassFirst() {
        admission = Requests.admission(shared(1, 10, new SharesConfig(0, 0, 0, 0, 0.1)));
        requests = new Requests(admission);
        Requests.Request running = requests.ask();
        Requests.Request bulk = requests.ask(RequestClass.BULK);
        Requests.Request first = requests.ask();
        Requests.Request second = requests.ask();
        running.end();
        requests.turn();
        assertThat(first.runs()).isTrue();
        first.end();
        requests.turn();
        assertThat(second.runs()).isTrue();
        second.end();
        requests.turn();
        assertThat(bulk.runs()).isTrue();
    }

    @Test
    void letsAMoreImportantRequestTakeThePlaceOfALessImportantOne() {
        admission = Requests.admission(shared(1, 2, new SharesConfig(0.5, 0, 0, 0, 0)));
        requests = new Requests(admission);
        Requests.Request running = requests.ask();
        Requests.Request older = requests.ask(RequestClass.STREAM);
        Requests.Request newer = requests.ask(RequestClass.STREAM);
        Requests.Request publish = requests.ask(RequestClass.PUBLISH);
        requests.turn();
        assertThat(newer.refusal()).isEqualTo(AdmissionRefusal.DISPLACED);
        assertThat(requests.ask(RequestClass.BULK).refusal())
                .isEqualTo(AdmissionRefusal.QUEUE_FULL);
        assertCounts(1, 2);
        running.end();
        requests.turn();
        assertThat(publish.runs()).isTrue();
        assertThat(older.waits()).isTrue();
    }

    @Test
    void countsOnAcrossAReloadThatSwitchesSharesOnAndOff() {
        BackpressureConfig plain = backpressure(3, 3);
        BackpressureConfig shared = shared(3, 3, new SharesConfig(0.5, 0, 0, 0, 0));
        admission = Requests.admission(plain);
        requests = new Requests(admission);
        List<Requests.Request> all = new ArrayList<>(ask(4));
        admission.apply(Requests.server(0, shared));
        all.add(requests.ask(RequestClass.PUBLISH));
        all.get(0).end();
        requests.turn();
        admission.apply(Requests.server(0, plain));
        for (int i = 1; i < all.size(); i++) {
            requests.turn();
            assertThat(all.get(i).runs()).as("request %d", i).isTrue();
            all.get(i).end();
        }
        assertCounts(0, 0);
    }

    @Test
    void servesTheNewestFirstInAQueueThatStands() {
        AtomicLong nanoTime = new AtomicLong();
        BackpressureConfig adaptive = Requests.backpressure(1, 10, SharesConfig.DEFAULT, true);
        admission = new Admission(Requests.server(0, adaptive), nanoTime::get);
        requests = new Requests(admission);
        Requests.Request running = requests.ask();
        Requests.Request oldest = requests.ask();
        Requests.Request older = requests.ask();
        nanoTime.addAndGet(1_000_000);
        Requests.Request newest = requests.ask();
        running.end();
        requests.turn();
        assertThat(newest.runs()).isTrue();
        requests.pass(1);
        assertThat(oldest.refusal()).isEqualTo(AdmissionRefusal.QUEUE_TIMEOUT);
        assertThat(older.refusal()).isEqualTo(AdmissionRefusal.QUEUE_TIMEOUT);
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
        return shared(limit, queue, SharesConfig.DEFAULT);
    }

    private static BackpressureConfig shared(int limit, int queue, SharesConfig shares) {
        return Requests.backpressure(limit, queue, shares, false);
    }
}
