package io.spillgate.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class WallClockTest {
    private long nowNanos = 7_000_000;

    @Test
    void beginsAtTheTimeOfDayAndRunsWithTheMonotonicClock() {
        WallClock clock = new WallClock(() -> nowNanos, 1_700_000_000_000L);
        assertThat(clock.epochNanos()).isEqualTo(1_700_000_000_000_000_000L);
        nowNanos += 5;
        assertThat(clock.epochNanos()).isEqualTo(1_700_000_000_000_000_005L);
        assertThat(clock.nanoTime()).isEqualTo(7_000_005);
    }
}
