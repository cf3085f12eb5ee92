package io.spillgate.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.concurrent.atomic.AtomicLong;

class IdleTimeTest {
    private final AtomicLong nanoTime = new AtomicLong(-1000);
    private final IdleTime idle = new IdleTime(nanoTime::get);

    @Test
    void aLoopWaitsUntilItsFirstTurn() {
        nanoTime.addAndGet(7);

        assertThat(idle.nanos()).isEqualTo(7);
    }

    @Test
    void addsUpTheWaitsAndNothingElse() {
        idle.waitEnds();
        for (int wait : new int[] {3, 0, 20}) {
            nanoTime.addAndGet(1000);
            idle.waitBegins();
            nanoTime.addAndGet(wait);
            idle.waitEnds();
        }
        nanoTime.addAndGet(1000);

        assertThat(idle.nanos()).isEqualTo(23);
    }

    @Test
    void countsAWaitThatHasNotEnded() {
        idle.waitEnds();
        nanoTime.addAndGet(50);
        idle.waitBegins();
        nanoTime.addAndGet(4);
        assertThat(idle.nanos()).isEqualTo(4);
        nanoTime.addAndGet(6);
        assertThat(idle.nanos()).isEqualTo(10);
    }

    @Test
    void aWaitThatIsAnnouncedTwiceBeganTheFirstTime() {
        idle.waitEnds();
        idle.waitBegins();
        nanoTime.addAndGet(5);
        idle.waitBegins();
        nanoTime.addAndGet(5);
        idle.waitEnds();

        assertThat(idle.nanos()).isEqualTo(10);
    }

    @Test
    void workThatIsAnnouncedTwiceBeganTheFirstTime() {
        nanoTime.addAndGet(5);
        idle.waitEnds();
        nanoTime.addAndGet(100);
        idle.waitEnds();
        nanoTime.addAndGet(100);

        assertThat(idle.nanos()).isEqualTo(5);
    }
}
