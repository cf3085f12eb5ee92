package io.spillgate.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.broker.Publication.Accepted;
import io.spillgate.broker.Publication.Busy;
import io.spillgate.broker.Publication.Refused;
import io.spillgate.config.OverflowPolicy;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Order, history, memory and room of the broker in one process, with a clock that stands still.
final class LocalBrokerTest {
    private static final String EPOCH = "stestepoch01";

    private long nowNanos = 1_000;

    @Test
    void numbersTheEventsOfAllTopicsInOneSequence() {
        LocalBroker broker = broker(Rules.DEFAULT);
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            ids.add(publish(broker, i % 2 == 0 ? "a" : "b", "x"));
        }
        for (int i = 0; i < 12; i++) {
            assertThat(ids.get(i)).isEqualTo(EPOCH + "-" + (i + 1));
        }
    }

    @Test
    void retainsAsManyEventsAsTheHistoryHolds() {
        LocalBroker broker = broker(Rules.DEFAULT.historySize(3));
        publish(broker, "t", 0, 10);
        assertThat(retained(broker, "t")).containsExactly(7L, 8L, 9L);
    }

    @Test
    void retainsAsManyBytesAsTheHistoryHolds() {
        LocalBroker broker = broker(Rules.DEFAULT);
        publish(broker, "one", "0123456789");
        EventLog log = TestReader.of(broker, "one").log();
        long length = log.entry(0).bytes();
        LocalBroker bounded = broker(Rules.DEFAULT.historyBytes(3 * length));
        for (int i = 0; i < 5; i++) {
            publish(bounded, "t", "0123456789");
        }
        assertThat(retained(bounded, "t")).containsExactly(2L, 3L, 4L);
    }

    @Test
    void retainsAnEventForItsTimeToLive() {
        LocalBroker broker = broker(Rules.DEFAULT.historyTtl(Duration.ofNanos(100)));
        publish(broker, "t", "old");
        nowNanos += 60;
        publish(broker, "t", "young");
        nowNanos += 40;
        assertThat(retained(broker, "t")).containsExactly(0L, 1L);
        nowNanos += 1;
        assertThat(retained(broker, "t")).containsExactly(1L);
        nowNanos += 60;
        assertThat(retained(broker, "t")).isEmpty();
    }

    @Test
    void forgetsATopicWithoutSubscribersWhoseHistoryExpired() {
        LocalBroker broker = broker(Rules.DEFAULT.historyTtl(Duration.ofNanos(100)));
        for (int i = 0; i < 1000; i++) {
            publish(broker, "t" + i, "x");
        }
        assertThat(broker.topics()).isEqualTo(1000);
        nowNanos += 101;
        for (int i = 0; i < 10; i++) {
            broker.expire();
        }
        assertThat(broker.topics()).isZero();
        assertThat(broker.usedBytes()).isZero();
    }

    @Test
    void knowsNothingOfATopicThatIsWatchedBeforeItsFirstEvent() {
        LocalBroker broker = broker(Rules.DEFAULT.historySize(0));
        TestReader watch = TestReader.of(broker, "t");
        assertThat(broker.topics()).isZero();
        publish(broker, "t", "x");
        assertThat(broker.topics()).isEqualTo(1);
        assertThat(watch.head()).isEqualTo(1);
        watch.end();
        assertThat(broker.topics()).isZero();
    }

    @Test
    void takesTheWatchOfAnIdleTopicBackAndGivesANewOneForItsNextEvent() {
        LocalBroker broker = broker(Rules.DEFAULT.historySize(0));
        TestReader watch = TestReader.of(broker, "t");
        TestReader slow = TestReader.of(broker, "t");
        publish(broker, "t", "x");
        watch.head();
        watch.report(1);
        nowNanos += Duration.ofMinutes(1).toNanos();
        assertThat(broker.retire(watch.watch())).isFalse();
        broker.expire();
        watch.head();
        assertThat(watch.watch().isIdle()).isTrue();
        assertThat(broker.retire(slow.watch())).isFalse();
        Watch before = watch.watch();
        assertThat(broker.retire(before)).isTrue();
        publish(broker, "t", "y");
        assertThat(watch.watch()).isNotSameAs(before);
        assertThat(watch.watch().start()).isEqualTo(1);
        watch.end();
        slow.end();
        assertThat(broker.topics()).isZero();
    }

    @Test
    void expiresAHistoryThatBeginsAnewWhileTheTopicIsWatched() {
        LocalBroker broker = broker(Rules.DEFAULT.historyTtl(Duration.ofSeconds(2)));
        TestReader watch = TestReader.of(broker, "t");
        for (int i = 1; i <= 3; i++) {
            publish(broker, "t", "x");
            watch.head();
            watch.report(i);
            nowNanos += Duration.ofSeconds(6).toNanos();
            broker.expire();
            assertThat(broker.usedBytes()).isZero();
        }
        watch.end();
    }

    @Test
    void forgetsATopicAtOnceThatNeitherRetainsNorDelivers() {
        LocalBroker broker = broker(Rules.DEFAULT.historySize(0));
        publish(broker, "t", "x");
        assertThat(broker.topics()).isZero();
        assertThat(broker.usedBytes()).isZero();
    }

    @Test
    void sweepsTopicsThatCameAndWentInAnyOrder() {
        LocalBroker broker = broker(Rules.DEFAULT.historyTtl(Duration.ofNanos(100)));
        java.util.Random random = new java.util.Random(7);
        List<TestReader> watches = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            String topic = "t" + random.nextInt(300);
            switch (random.nextInt(4)) {
                case 0 -> publish(broker, topic, "x");
                case 1 -> watches.add(TestReader.of(broker, topic));
                case 2 -> {
                    if (!watches.isEmpty()) {
                        watches.remove(random.nextInt(watches.size())).end();
                    }
                }
                default -> {
                    nowNanos += random.nextInt(20);
                    broker.expire();
                }
            }
        }
        watches.forEach(TestReader::end);
        nowNanos += Duration.ofSeconds(5).toNanos();
        broker.expire();
        assertThat(broker.topics()).isZero();
        assertThat(broker.usedBytes()).isZero();
    }

    @Test
    void doesNotPublishTwiceWhatIsRetainedUnderItsPublishersId() {
        LocalBroker broker = broker(Rules.DEFAULT);
        assertThat(broker.publish("t", Rules.event("x", "order-1"), false))
                .isEqualTo(new Accepted(EPOCH + "-1:order-1", true));
        assertThat(broker.publish("t", Rules.event("y", "order-1"), false))
                .isEqualTo(new Accepted(EPOCH + "-1:order-1", false));
        assertThat(broker.publish("other", Rules.event("y", "order-1"), false))
                .isEqualTo(new Accepted(EPOCH + "-2:order-1", true));
        assertThat(retained(broker, "t")).containsExactly(0L);
    }

    @Test
    void publishesAgainWhatIsNoLongerRetained() {
        LocalBroker broker = broker(Rules.DEFAULT.historySize(2));
        broker.publish("t", Rules.event("x", "order-1"), false);
        publish(broker, "t", 0, 2);
        assertThat(broker.publish("t", Rules.event("x", "order-1"), false))
                .isEqualTo(new Accepted(EPOCH + "-4:order-1", true));
        assertThat(broker.publish("t", Rules.event("x", "order-1"), false))
                .isEqualTo(new Accepted(EPOCH + "-4:order-1", false));
    }

    @Test
    void refusesOneTopicMoreThanItMayRetain() {
        LocalBroker broker = broker(Rules.DEFAULT, new BrokerLimits(Rules.MUCH, 2));
        publish(broker, "a", "x");
        publish(broker, "b", "x");
        assertThat(broker.publish("c", Rules.event("x"), false))
                .isEqualTo(new Refused("there are 2 topics with history already (hub.max_topics)"));
        assertThat(broker.topics()).isEqualTo(2);
        publish(broker, "a", "y");
    }

    @Test
    void countsOnlyTopicsWithHistoryAsTopics() {
        Rules rules = Rules.DEFAULT.topic("brief", OverflowPolicy.DROP_NEWEST, 10, 0);
        LocalBroker broker = broker(rules, new BrokerLimits(Rules.MUCH, 1));
        TestReader watch = TestReader.of(broker, "watched");
        publish(broker, "brief", "x");
        publish(broker, "watched", "x");
        publish(broker, "brief", "x");
        assertThat(broker.publish("c", Rules.event("x"), false)).isInstanceOf(Refused.class);
        watch.end();
    }

    @Test
    void hasRoomForATopicAgainWhenAnotherOnesHistoryExpired() {
        Rules rules = Rules.DEFAULT.historyTtl(Duration.ofNanos(100));
        LocalBroker broker = broker(rules, new BrokerLimits(Rules.MUCH, 1));
        publish(broker, "a", "x");
        nowNanos += 101;
        broker.expire();
        publish(broker, "b", "x");
    }

    @Test
    void givesUpTheOldestHistoryOfTheLargestTopicWhenMemoryIsShort() {
        LocalBroker broker = broker(Rules.DEFAULT, new BrokerLimits(100_000, 100));
        publish(broker, "small", "x".repeat(1000));
        for (int i = 0; i < 500; i++) {
            publish(broker, "large", "x".repeat(1000));
            assertThat(broker.usedBytes()).isLessThan(100_200);
        }
        assertThat(broker.usedBytes()).isGreaterThan(45_000);
        assertThat(retained(broker, "small")).containsExactly(0L);
        assertThat(retained(broker, "large")).endsWith(499L);
    }

    @Test
    void asksTheTopicThatHoldsMostToLetGoWhenMemoryIsShort() {
        LocalBroker broker = broker(Rules.DEFAULT, new BrokerLimits(100_000, 100));
        TestReader small = TestReader.of(broker, "small");
        TestReader large = TestReader.of(broker, "large");
        publish(broker, "small", "x".repeat(5000));
        Publication publication = publishMuch(broker, "large");
        assertThat(publication).isEqualTo(new Busy(Publication.Shortage.MEMORY));
        List<String> called = new ArrayList<>();
        assertThat(broker.awaitRoom("large", () -> called.add("retry"), false)).isTrue();
        large.head();
        assertThat(large.watch().isSqueezed()).isTrue();
        assertThat(called).isEmpty();
        large.report(large.watch().head() / 2);
        assertThat(called).containsExactly("retry");
        assertThat(broker.publish("large", Rules.event("x".repeat(1000)), true))
                .isInstanceOf(Accepted.class);
        publish(broker, "other", "x".repeat(9000));
        small.end();
        large.end();
    }

    @Test
    void leavesHalfOfTheMemoryToTopicsThatDrop() {
        Rules rules = Rules.DEFAULT.topic("block", OverflowPolicy.BLOCK, 100_000, 10);
        LocalBroker broker = broker(rules, new BrokerLimits(100_000, 100));
        TestReader watch = TestReader.of(broker, "block");
        assertThat(publishMuch(broker, "block")).isEqualTo(new Busy(Publication.Shortage.MEMORY));
        assertThat(broker.usedBytes()).isBetween(45_000L, 50_000L);
        assertThat(broker.awaitRoom("block", () -> {}, false)).isTrue();
        for (int i = 0; i < 1000; i++) {
            publish(broker, "free", "x".repeat(1000));
        }
        assertThat(broker.publish("block", Rules.event("x"), false)).isInstanceOf(Busy.class);
        watch.end();
    }

    @Test
    void refusesAnEventThatNeverFits() {
        Rules rules = Rules.DEFAULT.topic("block", OverflowPolicy.BLOCK, 10, 10);
        LocalBroker broker = broker(rules, new BrokerLimits(10_000, 100));
        assertThat(broker.publish("t", Rules.event("x".repeat(11_000)), false))
                .isInstanceOf(Refused.class);
        assertThat(broker.publish("block", Rules.event("x".repeat(6000)), false))
                .isInstanceOf(Refused.class);
        assertThat(broker.topics()).isZero();
        publish(broker, "t", "x".repeat(6000));
    }

    @Test
    void countsAnEventThatASocketHasTakenAPartOf() {
        LocalBroker broker = broker(Rules.DEFAULT.historySize(0));
        TestReader watch = TestReader.of(broker, "t");
        publish(broker, "t", "x".repeat(5000));
        LogEntry begun = watch.log().entry(0);
        watch.log().hold(begun);
        watch.report(1);
        assertThat(broker.usedBytes()).isGreaterThan(5000);
        assertThat(watch.log().unpin(0, 1)).isEmpty();
        assertThat(broker.usedBytes()).isZero();
        watch.end();
    }

    @Test
    void wakesAWatcherOnceUntilItLooks() {
        LocalBroker broker = broker(Rules.DEFAULT);
        TestReader watch = TestReader.of(broker, "t");
        publish(broker, "t", 0, 5);
        assertThat(watch.wakes()).isEqualTo(1);
        assertThat(watch.head()).isEqualTo(5);
        publish(broker, "t", 5, 7);
        assertThat(watch.wakes()).isEqualTo(2);
    }

    @Test
    void keepsWhatAWatcherHasNotReportedWhateverTheHistory() {
        LocalBroker broker = broker(Rules.DEFAULT.historySize(1));
        TestReader watch = TestReader.of(broker, "t");
        publish(broker, "t", 0, 100);
        for (int i = 0; i < 100; i++) {
            assertThat(watch.log().entry(i).index()).isEqualTo(i);
        }
        long all = broker.usedBytes();
        watch.report(100);
        assertThat(broker.usedBytes()).isBetween(1L, all / 50);
    }

    @Test
    void takesOverChangedSettings() {
        LocalBroker broker = broker(Rules.DEFAULT);
        publish(broker, "t", 0, 10);
        broker.rules(Rules.DEFAULT.historySize(4).topicRules(), new BrokerLimits(Rules.MUCH, 1));
        assertThat(retained(broker, "t")).containsExactly(6L, 7L, 8L, 9L);
        assertThat(broker.publish("u", Rules.event("x"), false)).isInstanceOf(Refused.class);
    }

    private LocalBroker broker(Rules rules) {
        return broker(rules, new BrokerLimits(Rules.MUCH, 1000));
    }

    private LocalBroker broker(Rules rules, BrokerLimits limits) {
        return new LocalBroker(EPOCH, rules.topicRules(), limits, () -> nowNanos);
    }

    private static String publish(LocalBroker broker, String topic, String data) {
        Publication publication = broker.publish(topic, Rules.event(data), false);
        assertThat(publication).isInstanceOf(Accepted.class);
        return ((Accepted) publication).id();
    }

    /// Publishes until an event is not accepted.
    private static Publication publishMuch(LocalBroker broker, String topic) {
        Publication publication = broker.publish(topic, Rules.event("x".repeat(1000)), false);
        while (publication instanceof Accepted) {
            publication = broker.publish(topic, Rules.event("x".repeat(1000)), false);
        }
        return publication;
    }

    private static void publish(LocalBroker broker, String topic, int from, int to) {
        for (int i = from; i < to; i++) {
            publish(broker, topic, String.valueOf(i));
        }
    }

    /// The indexes that a subscriber gets that asks for the earliest.
    private static List<Long> retained(LocalBroker broker, String topic) {
        TestReader watch = TestReader.of(broker, topic);
        ResumePoint point = watch.join("earliest");
        List<Long> indexes = new ArrayList<>();
        for (long index = point.from(0); index < point.head(0); index++) {
            indexes.add(watch.log().entry(index).index());
        }
        watch.end();
        return indexes;
    }
}
