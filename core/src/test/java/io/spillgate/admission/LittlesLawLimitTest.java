package io.spillgate.admission;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LittlesLawLimitTest {
    private static final long MS = 1_000_000;

    private final LittlesLawLimit rule =
            new LittlesLawLimit(new AdaptiveLimit(1, 1000, 0.95), 100 * MS);

    /// 80 of 100 ms each, or 800 a second: in 100 ms 80 of them fit.
    @Test
    void cutsToWhatTheLoopsDoInTheTarget() {
        assertThat(rule.next(saturated(1000, 900 * MS, 80))).isEqualTo(80);
    }

    /// Before they took 0.5 s each, as at a slow backend: 800 a second are 400 there, and 80 here.
    @Test
    void leavesRoomForTheTimeThatTheyTookBefore() {
        rule.next(took(500 * MS));
        assertThat(rule.next(saturated(1000, 900 * MS, 80))).isEqualTo(480);
    }

    /// A floor of 100 ms, and one window after a jam with 900 ms: 150 ms, and so 200 of 800 a
    /// second.
    @Test
    void letsTheFloorRiseSlowlyAndFallAtOnce() {
        rule.next(took(100 * MS));
        rule.next(took(900 * MS));
        assertThat(rule.next(saturated(1000, 900 * MS, 80))).isEqualTo(200);
        rule.next(took(25 * MS));
        assertThat(rule.next(saturated(1000, 900 * MS, 80))).isEqualTo(100);
    }

    @Test
    void leavesTheDecisionToTheRuleWhenItCannotTell() {
        assertThat(rule.next(saturated(1000, 900 * MS, 0))).isEqualTo(900);
        assertThat(rule.next(calm(100, 100, 0.5))).isEqualTo(110);
        LimitRule.Window late =
                new LimitRule.Window(100, 100, 0, 0.98, 101 * MS, 80, MS, 0, 100 * MS);
        assertThat(rule.next(late)).isEqualTo(90);
    }

    @Test
    void keepsALimitThatMakesNobodyWaitForLong() {
        assertThat(rule.next(saturated(1000, 100 * MS, 80))).isEqualTo(1000);
        assertThat(rule.next(calm(100, 100, 0.98))).isEqualTo(100);
        assertThat(rule.next(calm(100, 10, 0.98))).isEqualTo(100);
    }

    @Test
    void neverRaisesASaturatedLimit() {
        assertThat(rule.next(saturated(50, 900 * MS, 80))).isEqualTo(45);
    }

    @Test
    void raisesOnlyALimitThatIsUsed() {
        assertThat(rule.next(calm(100, 49, 0.1))).isEqualTo(100);
        assertThat(rule.next(calm(100, 50, 0.1))).isEqualTo(110);
        assertThat(rule.next(new LimitRule.Window(100, 0, 1, 0.1, 0, 0, 0, 0, 100 * MS)))
                .isEqualTo(110);
        assertThat(rule.next(new LimitRule.Window(100, 0, 0, 0.1, 0, 0, 0, 1, 100 * MS)))
                .isEqualTo(110);
        // 100 in a tenth of a second that took 50 ms each: 50 on average, whatever runs right now
        assertThat(rule.next(new LimitRule.Window(100, 0, 0, 0.1, 0, 100, 50 * MS, 0, 100 * MS)))
                .isEqualTo(110);
    }

    private static LimitRule.Window took(long meanNanos) {
        return new LimitRule.Window(1000, 500, 0, 0.5, 0, 80, meanNanos, 0, 100 * MS);
    }

    private static LimitRule.Window saturated(int limit, long lagNanos, long completed) {
        return new LimitRule.Window(limit, limit, 0, 1, lagNanos, completed, lagNanos, 0, 100 * MS);
    }

    private static LimitRule.Window calm(int limit, int inFlight, double utilization) {
        return new LimitRule.Window(limit, inFlight, 0, utilization, 0, 0, 0, 0, 100 * MS);
    }
}
