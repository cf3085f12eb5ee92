package io.spillgate.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.broker.ResumePoint.Gap;
import io.spillgate.broker.ResumePoint.Reason;

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
        LocalBroker broker = broker(Rules.DEFAULT);
        publish(broker, "t", 3);
        Found found = locate(broker, id, "t");
        assertThat(found).isEqualTo(new Found(List.of(), null, EPOCH + "-3"));
    }

    @Test
    void givesAnIdForNowEvenBeforeTheFirstEvent() {
        LocalBroker broker = broker(Rules.DEFAULT);
        Found found = locate(broker, null, "t");
        assertThat(found.anchor).isEqualTo(EPOCH + "-0");
        publish(broker, "t", 2);
        assertThat(locate(broker, found.anchor, "t").sequences).containsExactly(1L, 2L);
    }

    @Test
    void replaysWhatCameAfterAnIdOfOurs() {
        LocalBroker broker = broker(Rules.DEFAULT);
        publish(broker, "t", 5);
        for (int after = 0; after <= 5; after++) {
            Found found = locate(broker, EPOCH + "-" + after, "t");
            assertThat(found.sequences).isEqualTo(range(after + 1, 5));
            assertThat(found.gap).isNull();
            assertThat(found.anchor).isEqualTo(after == 5 ? EPOCH + "-5" : null);
        }
    }

    @Test
    void replaysSeveralTopicsFromOneId() {
        LocalBroker broker = broker(Rules.DEFAULT);
        publish(broker, "a", 2);
        publish(broker, "b", 2);
        publish(broker, "c", 2);
        publish(broker, "a", 2);
        assertThat(locate(broker, EPOCH + "-3", "a", "b").sequences).containsExactly(7L, 8L, 4L);
        assertThat(locate(broker, EPOCH + "-5", "a", "b").sequences).containsExactly(7L, 8L);
    }

    @Test
    void replaysWhatCameAfterAPublishersId() {
        LocalBroker broker = broker(Rules.DEFAULT);
        publish(broker, "t", 2);
        broker.publish("t", Rules.event("x", "order-1"), false);
        publish(broker, "t", 2);
        Found found = locate(broker, "order-1", "t");
        assertThat(found.sequences).containsExactly(4L, 5L);
        assertThat(found.gap).isNull();
    }

    @Test
    void takesItsOwnPositionFromAnIdThatAPublishersFollows() {
        LocalBroker broker = broker(Rules.DEFAULT);
        publish(broker, "t", 2);
        broker.publish("t", Rules.event("x", "a:b-7"), false);
        publish(broker, "t", 2);
        assertThat(locate(broker, EPOCH + "-3:a:b-7", "t"))
                .isEqualTo(new Found(List.of(4L, 5L), null, null));
        assertThat(locate(broker, "sotherepoch1-3:a:b-7", "t").gap)
                .isEqualTo(new Gap(Reason.RESTARTED, "sotherepoch1-3:a:b-7", EPOCH + "-1"));
    }

    /// Two topics that both count their events: the 3 that a client has got may be either one's.
    @Test
    void doesNotGuessWhichOfTwoTopicsAPublishersIdIsOf() {
        LocalBroker broker = broker(Rules.DEFAULT);
        broker.publish("b", Rules.event("x", "3"), false);
        publish(broker, "b", 2);
        broker.publish("a", Rules.event("x", "3"), false);
        assertThat(locate(broker, "3", "a", "b"))
                .isEqualTo(new Found(List.of(), new Gap(Reason.UNKNOWN, "3", null), EPOCH + "-4"));
    }

    @Test
    void skipsNothingWhenTheEventThatAClientHasIsGoneAndAnotherTopicHasOneOfItsName() {
        LocalBroker broker = broker(Rules.DEFAULT.historySize(20));
        for (int i = 1; i <= 3; i++) {
            broker.publish("a", Rules.event("x", String.valueOf(i)), false);
        }
        for (int i = 4; i <= 30; i++) {
            broker.publish("a", Rules.event("x", String.valueOf(i)), false);
        }
        for (int i = 1; i <= 3; i++) {
            broker.publish("b", Rules.event("x", String.valueOf(i)), false);
        }
        assertThat(locate(broker, "3", "a", "b").gap).isEqualTo(new Gap(Reason.UNKNOWN, "3", null));
        Found exact = locate(broker, EPOCH + "-3:3", "a", "b");
        assertThat(exact.gap).isEqualTo(new Gap(Reason.EVICTED, EPOCH + "-3:3", EPOCH + "-11:11"));
        assertThat(exact.sequences).hasSize(23).startsWith(11L).endsWith(31L, 32L, 33L);
    }

    @Test
    void doesNotTakeAnIdForItsSecondUseWhenTheFirstIsGone() {
        LocalBroker broker = broker(Rules.DEFAULT.historySize(2));
        broker.publish("t", Rules.event("x", "again"), false);
        publish(broker, "t", 5);
        broker.publish("t", Rules.event("x", "again"), false);
        assertThat(locate(broker, "again", "t").gap)
                .isEqualTo(new Gap(Reason.UNKNOWN, "again", null));
        assertThat(locate(broker, EPOCH + "-1:again", "t").gap)
                .isEqualTo(new Gap(Reason.EVICTED, EPOCH + "-1:again", EPOCH + "-6"));
    }

    @Test
    void replaysAllThatIsRetainedFromTheEarliest() {
        LocalBroker broker = broker(Rules.DEFAULT.historySize(2));
        publish(broker, "t", 5);
        Found found = locate(broker, "earliest", "t");
        assertThat(found.sequences).containsExactly(4L, 5L);
        assertThat(found.gap).isNull();
    }

    @Test
    void replaysWhatIsRetainedAndTellsOfTheRestartForAnIdOfAnotherLife() {
        LocalBroker broker = broker(Rules.DEFAULT);
        publish(broker, "t", 2);
        Found found = locate(broker, "sotherepoch1-77", "t");
        assertThat(found.sequences).containsExactly(1L, 2L);
        assertThat(found.gap).isEqualTo(new Gap(Reason.RESTARTED, "sotherepoch1-77", EPOCH + "-1"));
    }

    @Test
    void tellsOfTheRestartAlsoWhenNothingIsRetained() {
        Found found = locate(broker(Rules.DEFAULT), "sotherepoch1-77", "t");
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
        LocalBroker broker = broker(Rules.DEFAULT);
        publish(broker, "t", 5);
        assertThat(locate(broker, id, "t"))
                .isEqualTo(new Found(List.of(), new Gap(Reason.UNKNOWN, id, null), EPOCH + "-5"));
    }

    @Test
    void goesOnLiveAndSaysSoWhenThePublishersIdIsNoLongerRetained() {
        LocalBroker broker = broker(Rules.DEFAULT.historySize(2));
        broker.publish("t", Rules.event("x", "order-1"), false);
        publish(broker, "t", 2);
        Found found = locate(broker, "order-1", "t");
        assertThat(found.gap).isEqualTo(new Gap(Reason.UNKNOWN, "order-1", null));
        assertThat(found.sequences).isEmpty();
    }

    @Test
    void tellsWhatWasEvictedExactlyFromTheFirstMissingEventOn() {
        LocalBroker broker = broker(Rules.DEFAULT.historySize(2));
        publish(broker, "t", 5);
        Found behind = locate(broker, EPOCH + "-2", "t");
        assertThat(behind.sequences).containsExactly(4L, 5L);
        assertThat(behind.gap).isEqualTo(new Gap(Reason.EVICTED, EPOCH + "-2", EPOCH + "-4"));
        Found justThere = locate(broker, EPOCH + "-3", "t");
        assertThat(justThere.sequences).containsExactly(4L, 5L);
        assertThat(justThere.gap).isNull();
    }

    @Test
    void namesTheFirstRetainedEventOfAllTopicsAfterAnEviction() {
        LocalBroker broker = broker(Rules.DEFAULT.historySize(1));
        publish(broker, "a", 2);
        publish(broker, "b", 1);
        publish(broker, "a", 1);
        Found found = locate(broker, EPOCH + "-1", "a", "b");
        assertThat(found.gap).isEqualTo(new Gap(Reason.EVICTED, EPOCH + "-1", EPOCH + "-3"));
    }

    @Test
    void tellsOfExpiredEventsBeforeAnySweep() {
        LocalBroker broker = broker(Rules.DEFAULT.historyTtl(Duration.ofNanos(10)));
        publish(broker, "t", 2);
        nowNanos += 11;
        assertThat(locate(broker, EPOCH + "-1", "t").gap)
                .isEqualTo(new Gap(Reason.EVICTED, EPOCH + "-1", null));
        assertThat(locate(broker, EPOCH + "-2", "t").gap).isNull();
    }

    @Test
    void tellsThatEventsOfAForgottenTopicAreGone() {
        LocalBroker broker = broker(Rules.DEFAULT.historyTtl(Duration.ofNanos(10)));
        publish(broker, "t", 3);
        nowNanos += 11;
        broker.expire();
        assertThat(broker.topics()).isZero();
        assertThat(locate(broker, EPOCH + "-2", "t").gap)
                .isEqualTo(new Gap(Reason.EVICTED, EPOCH + "-2", null));
        assertThat(locate(broker, EPOCH + "-3", "t").gap).isNull();
    }

    @Test
    void tellsThatEventsOfATopicWithoutHistoryAreGone() {
        LocalBroker broker = broker(Rules.DEFAULT.historySize(0));
        TestReader other = TestReader.of(broker, "t");
        publish(broker, "t", 2);
        assertThat(locate(broker, EPOCH + "-1", "t").gap)
                .isEqualTo(new Gap(Reason.EVICTED, EPOCH + "-1", null));
        assertThat(locate(broker, EPOCH + "-2", "t").gap).isNull();
        other.end();
    }

    @Test
    void tellsNothingOfOtherTopicsThatAreForgotten() {
        LocalBroker broker = broker(Rules.DEFAULT.historySize(0));
        publish(broker, "busy", 1);
        broker.publish("busy", Rules.event("x", "order-1"), false);
        assertThat(locate(broker, EPOCH + "-1", "quiet").gap).isNull();
        assertThat(locate(broker, EPOCH + "-1", "quiet", "busy").gap)
                .isEqualTo(new Gap(Reason.EVICTED, EPOCH + "-1", null));
    }

    @Test
    void keepsAReplayReadableUntilItIsReported() {
        LocalBroker broker = broker(Rules.DEFAULT.historySize(5));
        publish(broker, "t", 5);
        TestReader watch = TestReader.of(broker, "t");
        ResumePoint point = watch.join(EPOCH + "-2");
        publish(broker, "t", 100);
        for (long index = point.from(0); index < 105; index++) {
            assertThat(watch.log().entry(index).sequence()).isEqualTo(index + 1);
        }
        watch.end();
    }

    private LocalBroker broker(Rules rules) {
        return new LocalBroker(
                EPOCH, rules.topicRules(), new BrokerLimits(Rules.MUCH, 1000), () -> nowNanos);
    }

    private static void publish(LocalBroker broker, String topic, int count) {
        for (int i = 0; i < count; i++) {
            assertThat(broker.publish(topic, Rules.event("x"), false))
                    .isInstanceOf(Publication.Accepted.class);
        }
    }

    private static List<Long> range(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    private static Found locate(LocalBroker broker, @Nullable String id, String... topics) {
        Reader reader = broker.reader(_ -> {});
        ResumePoint point = broker.join(reader, List.of(topics), id);
        List<Long> sequences = new ArrayList<>();
        for (int i = 0; i < topics.length; i++) {
            Watch watch = point.watch(i);
            if (watch != null) {
                for (long index = point.from(i); index < point.head(i); index++) {
                    sequences.add(watch.log().entry(index).sequence());
                }
                broker.unwatch(watch);
            }
        }
        return new Found(sequences, point.gap(), point.anchor());
    }

    /// What a subscriber is given, topic by topic.
    private record Found(List<Long> sequences, @Nullable Gap gap, @Nullable String anchor) {}
}
