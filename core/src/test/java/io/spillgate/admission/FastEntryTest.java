package io.spillgate.admission;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FastEntryTest {
    private static final long MS = 1_000_000;

    private final FastEntry rule = new FastEntry(new AdaptiveLimit(1, 1000, 0.95), 100 * MS);

    /// 80 of 100 ms each, or 800 a second: in 100 ms 80 of them fit.
    @Test
    void cutsToWhatTheLoopsDoInTheTarget() {
        assertThat(rule.next(window(1000, 1, 900 * MS, 80, 900 * MS))).isEqualTo(80);
    }

    /// Of 1.5 s each spends 0.5 s elsewhere: 800 a second are 400 there, and 80 here.
    @Test
    void leavesRoomForTimeSpentElsewhere() {
        assertThat(rule.next(window(1000, 1, 1000 * MS, 80, 1500 * MS))).isEqualTo(480);
    }

    @Test
    void leavesTheDecisionToTheRuleWhenNothingIsLate() {
        assertThat(rule.next(window(1000, 1, 100 * MS, 80, 900 * MS))).isEqualTo(900);
        assertThat(rule.next(window(1000, 0.98, 900 * MS, 80, 900 * MS))).isEqualTo(900);
        assertThat(rule.next(window(1000, 1, 900 * MS, 0, 0))).isEqualTo(900);
        assertThat(rule.next(window(100, 0.5, 900 * MS, 80, 900 * MS))).isEqualTo(110);
    }

    @Test
    void neverRaises() {
        assertThat(rule.next(window(50, 1, 900 * MS, 80, 900 * MS))).isEqualTo(45);
    }

    private static LimitRule.Window window(
            int limit, double utilization, long lagNanos, long completed, long meanNanos) {
        return new LimitRule.Window(
                limit, limit, 0, utilization, lagNanos, completed, meanNanos, 0, 100 * MS);
    }
}
