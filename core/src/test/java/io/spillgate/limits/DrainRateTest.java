package io.spillgate.limits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

class DrainRateTest {
    private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 5);
    private final DrainRate rate = new DrainRate(nanoTime::get);

    @Test
    void sendsAwayForAsLongAsItTakesToServeThoseRefused() {
        freed(20, 5);
        int seconds = 0;
        for (int i = 0; i < 200; i++) {
            seconds = rate.refused(1, 1000);
        }
        // 4 a second become free, so 200 take 50 s, give or take a fifth
        assertThat(seconds).isBetween(40, 60);
    }

    @Test
    void doesNotSendAllBackAtOnce() {
        freed(20, 5);
        for (int i = 0; i < 1000; i++) {
            rate.refused(1, 1000);
        }
        Set<Integer> told = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            told.add(rate.refused(1, 1000));
        }
        assertThat(told).hasSizeGreaterThan(20);
    }

    @Test
    void staysWithinItsBounds() {
        assertThat(rate.refused(10, 300)).isEqualTo(300);
        freed(1_000_000, 1);
        assertThat(rate.refused(10, 300)).isEqualTo(10);
    }

    @Test
    void remembersTheWindowBefore() {
        freed(40, 11);
        freed(0, 1);
        for (int i = 0; i < 100; i++) {
            rate.refused(1, 1000);
        }
        // 40 in 12 s
        assertThat(rate.refused(1, 1000)).isBetween(24, 37);
    }

    @Test
    void forgetsWhatIsLongPast() {
        freed(1000, 1);
        freed(0, 25);
        assertThat(rate.refused(1, 1000)).isEqualTo(1000);
    }

    /// So many become free, evenly over this time.
    private void freed(int count, int seconds) {
        long step = TimeUnit.SECONDS.toNanos(seconds) / Math.max(1, count);
        for (int i = 0; i < count; i++) {
            rate.freed();
            nanoTime.addAndGet(step);
        }
        if (count == 0) {
            nanoTime.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
        }
    }
}
