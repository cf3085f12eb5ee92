package io.spillgate.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spillgate.net.LoopMeter;
import io.spillgate.net.Work;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

class UtilizationTest {
    private final AtomicLong nanoTime = new AtomicLong();
    private final LoopMeter meter = new LoopMeter(nanoTime::get);
    private final Utilization utilization = new Utilization(List.of(meter));

    @BeforeEach
    void wait100() {
        nanoTime.addAndGet(100);
        utilization.look();
    }

    @Test
    void isTheShareOfTheTimeSpentOnRequestsSinceTheLastLook() {
        work(Work.RECEIVE, 30);
        work(Work.PROXY, 20);
        nanoTime.addAndGet(50);
        assertThat(utilization.look().share()).isCloseTo(0.5, within(1e-9));
        nanoTime.addAndGet(50);
        assertThat(utilization.look().share()).isZero();
    }

    @Test
    void isZeroHoweverMuchIsFannedOut() {
        work(Work.FAN_OUT, 100);
        assertThat(utilization.look().share()).isZero();
    }

    @Test
    void doesNotRiseByWhatIsFannedOutBesideRequests() {
        work(Work.PROXY, 55);
        work(Work.FAN_OUT, 45);
        assertThat(utilization.look().share()).isCloseTo(0.55, within(1e-9));
    }

    @Test
    void isOneWhileALoopIsBlocked() {
        meter.begin(Work.OTHER);
        nanoTime.addAndGet(1000);
        assertThat(utilization.look().share()).isEqualTo(1);
    }

    @Test
    void isTheMeanOfTheBusierHalf() {
        assertThat(Utilization.busierHalf(new double[] {0.1, 1, 0.3, 0.8})).isEqualTo(0.9);
        assertThat(Utilization.busierHalf(new double[] {1, 0.2, 0.5})).isEqualTo(0.75);
        assertThat(Utilization.busierHalf(new double[] {0.4})).isEqualTo(0.4);
        assertThat(Utilization.busierHalf(new double[] {0, 1})).isEqualTo(1);
    }

    private void work(Work kind, long nanos) {
        Work before = meter.begin(kind);
        nanoTime.addAndGet(nanos);
        meter.end(before);
    }
}
