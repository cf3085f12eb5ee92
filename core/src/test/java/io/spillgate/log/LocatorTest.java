package io.spillgate.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.log.ResumePoint.Gap;
import io.spillgate.log.ResumePoint.Reason;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/// Where a subscriber begins, by the id that it got last.
final class LocatorTest {
    private static final String EPOCH = "stestepoch01";

    private long nowNanos = 1_000;

    @ParameterizedTest
    @NullAndEmptySource
    void beginsWithWhatComesFromNowOnWithoutAnId(String id) {
        Logs logs = logs(Rules.DEFAULT);
        publish(logs, "t", 3);
        Found found = locate(logs, id, "t");
        assertThat(found).isEqualTo(new Found(List.of(), null, EPOCH + "-3"));
    }

    @Test
    void givesAnIdForNowEvenBeforeTheFirstEvent() {
        Logs logs = logs(Rules.DEFAULT);
        Found found = locate(logs, null, "t");
        assertThat(found.anchor).isEqualTo(EPOCH + "-0");
        publish(logs, "t", 2);
        assertThat(locate(logs, found.anchor, "t").sequences).containsExactly(1L, 2L);
    }

    @Test
    void replaysWhatCameAfterAnIdOfOurs() {
        Logs logs = logs(Rules.DEFAULT);
        publish(logs, "t", 5);
        for (int after = 0; after <= 5; after++) {
            Found found = locate(logs, EPOCH + "-" + after, "t");
            assertThat(found.sequences).isEqualTo(range(after + 1, 5));
            assertThat(found.gap).isNull();
            assertThat(found.anchor).isEqualTo(after == 5 ? EPOCH + "-5" : null);
        }
    }

    @Test
    void replaysSeveralTopicsFromOneId() {
        Logs logs = logs(Rules.DEFAULT);
        publish(logs, "a", 2);
        publish(logs, "b", 2);
        publish(logs, "c", 2);
        publish(logs, "a", 2);
        assertThat(locate(logs, EPOCH + "-3", "a", "b").sequences).containsExactly(7L, 8L, 4L);
        assertThat(locate(logs, EPOCH + "-5", "a", "b").sequences).containsExactly(7L, 8L);
    }

    @Test
    void replaysWhatCameAfterAPublishersId() {
        Logs logs = logs(Rules.DEFAULT);
        publish(logs, "t", 2);
        logs.offer("t", Rules.event("x", "order-1"), 0, Rules::nobody);
        publish(logs, "t", 2);
        Found found = locate(logs, "order-1", "t");
        assertThat(found.sequences).containsExactly(4L, 5L);
        assertThat(found.gap).isNull();
    }

    @Test
    void takesItsOwnPositionFromAnIdThatAPublishersFollows() {
        Logs logs = logs(Rules.DEFAULT);
        publish(logs, "t", 2);
        logs.offer("t", Rules.event("x", "a:b-7"), 0, Rules::nobody);
        publish(logs, "t", 2);
        assertThat(locate(logs, EPOCH + "-3:a:b-7", "t"))
                .isEqualTo(new Found(List.of(4L, 5L), null, null));
        assertThat(locate(logs, "sotherepoch1-3:a:b-7", "t").gap)
                .isEqualTo(new Gap(Reason.RESTARTED, "sotherepoch1-3:a:b-7", EPOCH + "-1"));
    }

    /// Two topics that both count their events: the 3 that a client has got may be either one's.
    @Test
    void doesNotGuessWhichOfTwoTopicsAPublishersIdIsOf() {
        Logs logs = logs(Rules.DEFAULT);
        logs.offer("b", Rules.event("x", "3"), 0, Rules::nobody);
        publish(logs, "b", 2);
        logs.offer("a", Rules.event("x", "3"), 0, Rules::nobody);
        assertThat(locate(logs, "3", "a", "b"))
                .isEqualTo(new Found(List.of(), new Gap(Reason.UNKNOWN, "3", null), EPOCH + "-4"));
    }

    @Test
    void skipsNothingWhenTheEventThatAClientHasIsGoneAndAnotherTopicHasOneOfItsName() {
        Logs logs = logs(Rules.DEFAULT.historySize(20));
        for (int i = 1; i <= 3; i++) {
            logs.offer("a", Rules.event("x", String.valueOf(i)), 0, Rules::nobody);
        }
        for (int i = 4; i <= 30; i++) {
            logs.offer("a", Rules.event("x", String.valueOf(i)), 0, Rules::nobody);
        }
        for (int i = 1; i <= 3; i++) {
            logs.offer("b", Rules.event("x", String.valueOf(i)), 0, Rules::nobody);
        }
        assertThat(locate(logs, "3", "a", "b").gap).isEqualTo(new Gap(Reason.UNKNOWN, "3", null));
        Found exact = locate(logs, EPOCH + "-3:3", "a", "b");
        assertThat(exact.gap).isEqualTo(new Gap(Reason.EVICTED, EPOCH + "-3:3", EPOCH + "-11:11"));
        assertThat(exact.sequences).hasSize(23).startsWith(11L).endsWith(31L, 32L, 33L);
    }

    @Test
    void doesNotTakeAnIdForItsSecondUseWhenTheFirstIsGone() {
        Logs logs = logs(Rules.DEFAULT.historySize(2));
        logs.offer("t", Rules.event("x", "again"), 0, Rules::nobody);
        publish(logs, "t", 5);
        logs.offer("t", Rules.event("x", "again"), 0, Rules::nobody);
        assertThat(locate(logs, "again", "t").gap)
                .isEqualTo(new Gap(Reason.UNKNOWN, "again", null));
        assertThat(locate(logs, EPOCH + "-1:again", "t").gap)
                .isEqualTo(new Gap(Reason.EVICTED, EPOCH + "-1:again", EPOCH + "-6"));
    }

    @Test
    void replaysAllThatIsRetainedFromTheEarliest() {
        Logs logs = logs(Rules.DEFAULT.historySize(2));
        publish(logs, "t", 5);
        Found found = locate(logs, "earliest", "t");
        assertThat(found.sequences).containsExactly(4L, 5L);
        assertThat(found.gap).isNull();
    }

    @Test
    void replaysWhatIsRetainedAndTellsOfTheRestartForAnIdOfAnotherLife() {
        Logs logs = logs(Rules.DEFAULT);
        publish(logs, "t", 2);
        Found found = locate(logs, "sotherepoch1-77", "t");
        assertThat(found.sequences).containsExactly(1L, 2L);
        assertThat(found.gap).isEqualTo(new Gap(Reason.RESTARTED, "sotherepoch1-77", EPOCH + "-1"));
    }

    @Test
    void tellsOfTheRestartAlsoWhenNothingIsRetained() {
        Found found = locate(logs(Rules.DEFAULT), "sotherepoch1-77", "t");
        assertThat(found.sequences).isEmpty();
        assertThat(found.gap).isEqualTo(new Gap(Reason.RESTARTED, "sotherepoch1-77", null));
        assertThat(found.anchor).isEqualTo(EPOCH + "-0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                EPOCH + "-6",
                EPOCH + "-999999999999999999",
                EPOCH + "-9999999999999999999999",
                EPOCH + "-",
                EPOCH + "--1",
                EPOCH,
                "order-1",
                "EARLIEST",
                "-1",
                " "
            })
    void goesOnLiveAndSaysSoWhenNobodyGaveThisId(String id) {
        Logs logs = logs(Rules.DEFAULT);
        publish(logs, "t", 5);
        assertThat(locate(logs, id, "t"))
                .isEqualTo(new Found(List.of(), new Gap(Reason.UNKNOWN, id, null), EPOCH + "-5"));
    }

    @Test
    void goesOnLiveAndSaysSoWhenThePublishersIdIsNoLongerRetained() {
        Logs logs = logs(Rules.DEFAULT.historySize(2));
        logs.offer("t", Rules.event("x", "order-1"), 0, Rules::nobody);
        publish(logs, "t", 2);
        Found found = locate(logs, "order-1", "t");
        assertThat(found.gap).isEqualTo(new Gap(Reason.UNKNOWN, "order-1", null));
        assertThat(found.sequences).isEmpty();
    }

    @Test
    void tellsWhatWasEvictedExactlyFromTheFirstMissingEventOn() {
        Logs logs = logs(Rules.DEFAULT.historySize(2));
        publish(logs, "t", 5);
        Found behind = locate(logs, EPOCH + "-2", "t");
        assertThat(behind.sequences).containsExactly(4L, 5L);
        assertThat(behind.gap).isEqualTo(new Gap(Reason.EVICTED, EPOCH + "-2", EPOCH + "-4"));
        Found justThere = locate(logs, EPOCH + "-3", "t");
        assertThat(justThere.sequences).containsExactly(4L, 5L);
        assertThat(justThere.gap).isNull();
    }

    @Test
    void namesTheFirstRetainedEventOfAllTopicsAfterAnEviction() {
        Logs logs = logs(Rules.DEFAULT.historySize(1));
        publish(logs, "a", 2);
        publish(logs, "b", 1);
        publish(logs, "a", 1);
        Found found = locate(logs, EPOCH + "-1", "a", "b");
        assertThat(found.gap).isEqualTo(new Gap(Reason.EVICTED, EPOCH + "-1", EPOCH + "-3"));
    }

    @Test
    void tellsOfExpiredEventsBeforeAnySweep() {
        Logs logs = logs(Rules.DEFAULT.historyTtl(Duration.ofNanos(10)));
        publish(logs, "t", 2);
        nowNanos += 11;
        assertThat(locate(logs, EPOCH + "-1", "t").gap)
                .isEqualTo(new Gap(Reason.EVICTED, EPOCH + "-1", null));
        assertThat(locate(logs, EPOCH + "-2", "t").gap).isNull();
    }

    @Test
    void tellsThatEventsOfAForgottenTopicAreGone() {
        Logs logs = logs(Rules.DEFAULT.historyTtl(Duration.ofNanos(10)));
        publish(logs, "t", 3);
        nowNanos += 11;
        logs.expire();
        assertThat(logs.topics()).isZero();
        assertThat(locate(logs, EPOCH + "-2", "t").gap)
                .isEqualTo(new Gap(Reason.EVICTED, EPOCH + "-2", null));
        assertThat(locate(logs, EPOCH + "-3", "t").gap).isNull();
    }

    @Test
    void tellsThatEventsOfATopicWithoutHistoryAreGone() {
        Logs logs = logs(Rules.DEFAULT.historySize(0));
        TestReader other = TestReader.of(logs, "t");
        publish(logs, "t", 2);
        assertThat(locate(logs, EPOCH + "-1", "t").gap)
                .isEqualTo(new Gap(Reason.EVICTED, EPOCH + "-1", null));
        assertThat(locate(logs, EPOCH + "-2", "t").gap).isNull();
        other.end();
    }

    @Test
    void tellsNothingOfOtherTopicsThatAreForgotten() {
        Logs logs = logs(Rules.DEFAULT.historySize(0));
        publish(logs, "busy", 1);
        logs.offer("busy", Rules.event("x", "order-1"), 0, Rules::nobody);
        assertThat(locate(logs, EPOCH + "-1", "quiet").gap).isNull();
        assertThat(locate(logs, EPOCH + "-1", "quiet", "busy").gap)
                .isEqualTo(new Gap(Reason.EVICTED, EPOCH + "-1", null));
    }

    @Test
    void keepsAReplayReadableUntilItIsReported() {
        Logs logs = logs(Rules.DEFAULT.historySize(5));
        publish(logs, "t", 5);
        TestReader watch = TestReader.of(logs, "t");
        ResumePoint point = watch.join(EPOCH + "-2");
        publish(logs, "t", 100);
        for (long index = point.from(0); index < 105; index++) {
            assertThat(watch.log().entry(index).sequence()).isEqualTo(index + 1);
        }
        watch.end();
    }

    private Logs logs(Rules rules) {
        return rules.logs(new LogLimits(Rules.MUCH, 1000), () -> nowNanos);
    }

    private static void publish(Logs logs, String topic, int count) {
        for (int i = 0; i < count; i++) {
            assertThat(logs.offer(topic, Rules.event("x"), 0, Rules::nobody))
                    .isInstanceOf(Publication.Accepted.class);
        }
    }

    private static List<Long> range(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    private static Found locate(Logs logs, @Nullable String id, String... topics) {
        Reader reader = logs.reader(_ -> {});
        ResumePoint point = logs.join(reader, List.of(topics), id);
        List<Long> sequences = new ArrayList<>();
        for (int i = 0; i < topics.length; i++) {
            Watch watch = point.watch(i);
            if (watch != null) {
                for (long index = point.from(i); index < point.head(i); index++) {
                    sequences.add(watch.log().entry(index).sequence());
                }
                logs.unwatch(watch);
            }
        }
        return new Found(sequences, point.gap(), point.anchor());
    }

    /// What a subscriber is given, topic by topic.
    private record Found(List<Long> sequences, @Nullable Gap gap, @Nullable String anchor) {}
}
