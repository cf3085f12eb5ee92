package io.spillgate.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

class LoopMeterTest {
    private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 77);
    private final LoopMeter meter = new LoopMeter(nanoTime::get);
    private final List<Long> lagMillis = new ArrayList<>();

    @BeforeEach
    void start() {
        assertThat(meter.start(lag -> lagMillis.add(TimeUnit.NANOSECONDS.toMillis(lag))))
                .isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
        meter.work().waitEnds();
    }

    @Test
    void utilizationIsTheShareOfASecondThatWasNotWaited() {
        tenth(25);
        for (int i = 0; i < 8; i++) {
            tenth(100);
            assertThat(meter.utilization()).isZero();
        }
        tenth(0);
        assertThat(meter.utilization()).isCloseTo(0.825, within(1e-9));
    }

    @Test
    void everySecondIsMeasuredAnew() {
        second(100);
        assertThat(meter.utilization()).isEqualTo(1);
        second(0);
        assertThat(meter.utilization()).isZero();
        second(50);
        assertThat(meter.utilization()).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void aBlockedLoopReadsOneBeforeItComesBack() {
        second(10);
        pass(1099);
        assertThat(meter.utilization()).isCloseTo(0.1, within(1e-9));
        pass(1);
        assertThat(meter.utilization()).isEqualTo(1);
    }

    @Test
    void idleTimeStandsStillWhileTheLoopIsBlocked() {
        second(10);
        long before = meter.busyTime().nanos(Work.IDLE);
        pass(60_000);
        assertThat(meter.busyTime().nanos(Work.IDLE)).isEqualTo(before);
        assertThat(TimeUnit.NANOSECONDS.toMillis(before)).isEqualTo(900);
    }

    @Test
    void tellsWhatWasDone() {
        meter.run(Work.FAN_OUT, () -> pass(30));
        pass(4);
        meter.as(Work.TIMERS, () -> pass(200)).run();

        assertThat(meter.busyTime().nanos(Work.FAN_OUT)).isEqualTo(30_000_000);
        assertThat(meter.busyTime().nanos(Work.TIMERS)).isEqualTo(200_000_000);
        assertThat(meter.busyTime().busyNanos()).isEqualTo(234_000_000);
    }

    @Test
    void workThatFailsIsOverToo() {
        assertThatThrownBy(() -> meter.run(Work.PROXY, () -> Integer.parseInt("none")))
                .isInstanceOf(NumberFormatException.class);
        pass(1);

        assertThat(meter.busyTime().nanos(Work.PROXY)).isZero();
    }

    @Test
    void whatIsBegunIfThereIsNoneDoesNotInterrupt() {
        meter.end(startAndPass(Work.FAN_OUT, 5));
        Work before = meter.begin(Work.RECEIVE);
        meter.end(startAndPass(Work.FAN_OUT, 70));
        pass(800);
        meter.end(before);
        pass(1);

        assertThat(meter.busyTime().nanos(Work.FAN_OUT)).isEqualTo(5_000_000);
        assertThat(meter.busyTime().nanos(Work.RECEIVE)).isEqualTo(870_000_000);
    }

    @Test
    void refusesToBeWrittenByAnotherThreadThanTheLoop() {
        meter.runsOn(new Thread());

        assertThatThrownBy(() -> meter.begin(Work.PROXY)).isInstanceOf(AssertionError.class);
    }

    @Test
    void aProbeInTimeHasNoLag() {
        second(100);
        assertThat(lagMillis).hasSize(10).containsOnly(0L);
    }

    @Test
    void aLateProbeCountsOnceForEachOneThatWasDue() {
        pass(420);
        assertThat(meter.probe()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(80));
        assertThat(lagMillis).containsExactly(320L, 220L, 120L, 20L);
    }

    @Test
    void latenessDoesNotMoveTheProbesThatFollow() {
        pass(130);
        meter.probe();
        pass(70);
        meter.probe();
        assertThat(lagMillis).containsExactly(30L, 0L);
    }

    @Test
    void isStuckOnceSomethingDueHasWaitedForMoreThanFiveSeconds() {
        pass(5100);
        assertThat(meter.isStuck()).isFalse();
        nanoTime.incrementAndGet();
        assertThat(meter.isStuck()).isTrue();
    }

    @Test
    void isNotStuckAnyMoreAsSoonAsItGoesOn() {
        pass(3_600_000);
        assertThat(meter.isStuck()).isTrue();
        meter.probe();
        assertThat(meter.isStuck()).isFalse();
    }

    @Test
    void aLoopThatNobodyMeasuresIsNeitherBusyNorStuck() {
        LoopMeter unmeasured = new LoopMeter(nanoTime::get);
        pass(3_600_000);
        assertThat(unmeasured.isStuck()).isFalse();
        assertThat(unmeasured.utilization()).isZero();
    }

    private void second(int busyMillisOfTenth) {
        for (int i = 0; i < 10; i++) {
            tenth(busyMillisOfTenth);
        }
    }

    /// A tenth of a second that ends with a probe in time.
    private void tenth(int busyMillis) {
        pass(busyMillis);
        meter.work().waitBegins();
        pass(100 - busyMillis);
        meter.work().waitEnds();
        meter.probe();
    }

    private Work startAndPass(Work work, long millis) {
        Work before = meter.beginIfNone(work);
        pass(millis);
        return before;
    }

    private void pass(long millis) {
        nanoTime.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }
}
