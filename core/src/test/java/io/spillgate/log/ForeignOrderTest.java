package io.spillgate.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Events whose order was made elsewhere.
final class ForeignOrderTest {
    private static final String EPOCH = "stestepoch01";

    @Test
    void takesWhatWasOrderedElsewhereOnceAndInItsOrder() {
        Logs logs = logs(Rules.DEFAULT);
        assertThat(logs.deliver("a", Rules.event("x"), 10, 0)).isTrue();
        assertThat(logs.deliver("b", Rules.event("y"), 12, 0)).isTrue();
        assertThat(logs.deliver("a", Rules.event("x"), 10, 0)).isFalse();
        assertThat(logs.deliver("a", Rules.event("late"), 11, 0)).isFalse();
        assertThat(logs.lose("a", 12)).isFalse();
        TestReader reader = TestReader.of(logs, "a");
        assertThat(reader.join("earliest").from(0)).isZero();
        assertThat(reader.head()).isEqualTo(1);
        assertThat(TestReader.of(logs, "b").log().entry(0).id()).isEqualTo(EPOCH + "-12");
    }

    @Test
    void tellsWhoComesBackOfWhatWasLost() {
        Logs logs = logs(Rules.DEFAULT);
        logs.deliver("a", Rules.event("x"), 10, 0);
        assertThat(logs.lose("a", 11)).isTrue();
        logs.deliver("a", Rules.event("y"), 12, 0);
        assertThat(reason(logs, "a", 10)).isEqualTo(ResumePoint.Reason.EVICTED);
        assertThat(reason(logs, "a", 11)).isNull();
        assertThat(reason(logs, "b", 10)).isNull();
    }

    @Test
    void tellsWhoComesBackOfWhatWasPublishedBeforeTheStart() {
        Logs logs = logs(Rules.DEFAULT);
        logs.startAfter(1000);
        assertThat(reason(logs, "a", 999)).isEqualTo(ResumePoint.Reason.EVICTED);
        assertThat(reason(logs, "a", 1000)).isNull();
        logs.deliver("a", Rules.event("x"), 1001, 0);
        assertThat(reason(logs, "a", 999)).isEqualTo(ResumePoint.Reason.EVICTED);
        assertThat(reason(logs, "a", 1000)).isNull();
    }

    @Test
    void losesWhatNobodyCanRefuseAndNothingHasRoomFor() {
        Rules rules = Rules.DEFAULT.historySize(0);
        Logs logs = logs(rules, new LogLimits(10_000, 100));
        TestReader watch = TestReader.of(logs, "t");
        for (int i = 1; i <= 20; i++) {
            assertThat(logs.deliver("t", Rules.event("x".repeat(1000)), i, 0)).isTrue();
        }
        assertThat(logs.usedBytes()).isLessThanOrEqualTo(10_000);
        assertThat(watch.head()).isBetween(5L, 9L);
        assertThat(watch.watch().hasLoss()).isTrue();
        assertThat(reason(logs, "t", 1)).isEqualTo(ResumePoint.Reason.EVICTED);
        watch.end();
    }

    /// Why a client that comes back with this place can't go on; null when it can.
    private static ResumePoint.@Nullable Reason reason(Logs logs, String topic, long sequence) {
        TestReader reader = TestReader.of(logs, topic);
        ResumePoint.Gap gap = reader.join(EPOCH + "-" + sequence).gap();
        reader.end();
        return gap == null ? null : gap.reason();
    }

    private static Logs logs(Rules rules) {
        return logs(rules, new LogLimits(Rules.MUCH, 1000));
    }

    private static Logs logs(Rules rules, LogLimits limits) {
        return rules.logs(limits, () -> 0);
    }
}
