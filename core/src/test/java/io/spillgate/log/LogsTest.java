package io.spillgate.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.config.OverflowPolicy;
import io.spillgate.log.Publication.Accepted;
import io.spillgate.log.Publication.Busy;
import io.spillgate.log.Publication.Refused;
import io.spillgate.sse.Event;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Order, history, memory and room, with a clock that stands still.
final class LogsTest {
    private static final String EPOCH = "stestepoch01";

    private long nowNanos = 1_000;

    @Test
    void numbersTheEventsOfAllTopicsInOneSequence() {
        Logs logs = logs(Rules.DEFAULT);
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            ids.add(publish(logs, i % 2 == 0 ? "a" : "b", "x"));
        }
        for (int i = 0; i < 12; i++) {
            assertThat(ids.get(i)).isEqualTo(EPOCH + "-" + (i + 1));
        }
    }

    @Test
    void retainsAsManyEventsAsTheHistoryHolds() {
        Logs logs = logs(Rules.DEFAULT.historySize(3));
        publish(logs, "t", 0, 10);
        assertThat(retained(logs, "t")).containsExactly(7L, 8L, 9L);
    }

    @Test
    void retainsAsManyBytesAsTheHistoryHolds() {
        Logs logs = logs(Rules.DEFAULT);
        publish(logs, "one", "0123456789");
        EventLog log = TestReader.of(logs, "one").log();
        long length = log.entry(0).bytes();
        Logs bounded = logs(Rules.DEFAULT.historyBytes(3 * length));
        for (int i = 0; i < 5; i++) {
            publish(bounded, "t", "0123456789");
        }
        assertThat(retained(bounded, "t")).containsExactly(2L, 3L, 4L);
    }

    @Test
    void retainsAnEventForItsTimeToLive() {
        Logs logs = logs(Rules.DEFAULT.historyTtl(Duration.ofNanos(100)));
        publish(logs, "t", "old");
        nowNanos += 60;
        publish(logs, "t", "young");
        nowNanos += 40;
        assertThat(retained(logs, "t")).containsExactly(0L, 1L);
        nowNanos += 1;
        assertThat(retained(logs, "t")).containsExactly(1L);
        nowNanos += 60;
        assertThat(retained(logs, "t")).isEmpty();
    }

    @Test
    void forgetsATopicWithoutSubscribersWhoseHistoryExpired() {
        Logs logs = logs(Rules.DEFAULT.historyTtl(Duration.ofNanos(100)));
        for (int i = 0; i < 1000; i++) {
            publish(logs, "t" + i, "x");
        }
        assertThat(logs.topics()).isEqualTo(1000);
        nowNanos += 101;
        for (int i = 0; i < 10; i++) {
            logs.expire();
        }
        assertThat(logs.topics()).isZero();
        assertThat(logs.usedBytes()).isZero();
    }

    @Test
    void knowsNothingOfATopicThatIsWatchedBeforeItsFirstEvent() {
        Logs logs = logs(Rules.DEFAULT.historySize(0));
        TestReader watch = TestReader.of(logs, "t");
        assertThat(logs.topics()).isZero();
        publish(logs, "t", "x");
        assertThat(logs.topics()).isEqualTo(1);
        assertThat(watch.head()).isEqualTo(1);
        watch.end();
        assertThat(logs.topics()).isZero();
    }

    @Test
    void takesTheWatchOfAnIdleTopicBackAndGivesANewOneForItsNextEvent() {
        Logs logs = logs(Rules.DEFAULT.historySize(0));
        TestReader watch = TestReader.of(logs, "t");
        TestReader slow = TestReader.of(logs, "t");
        publish(logs, "t", "x");
        watch.head();
        watch.report(1);
        nowNanos += Duration.ofMinutes(1).toNanos();
        assertThat(logs.retire(watch.watch())).isFalse();
        logs.expire();
        watch.head();
        assertThat(watch.watch().isIdle()).isTrue();
        assertThat(logs.retire(slow.watch())).isFalse();
        Watch before = watch.watch();
        assertThat(logs.retire(before)).isTrue();
        publish(logs, "t", "y");
        assertThat(watch.watch()).isNotSameAs(before);
        assertThat(watch.watch().start()).isEqualTo(1);
        watch.end();
        slow.end();
        assertThat(logs.topics()).isZero();
    }

    @Test
    void expiresAHistoryThatBeginsAnewWhileTheTopicIsWatched() {
        Logs logs = logs(Rules.DEFAULT.historyTtl(Duration.ofSeconds(2)));
        TestReader watch = TestReader.of(logs, "t");
        for (int i = 1; i <= 3; i++) {
            publish(logs, "t", "x");
            watch.head();
            watch.report(i);
            nowNanos += Duration.ofSeconds(6).toNanos();
            logs.expire();
            assertThat(logs.usedBytes()).isZero();
        }
        watch.end();
    }

    @Test
    void forgetsATopicAtOnceThatNeitherRetainsNorDelivers() {
        Logs logs = logs(Rules.DEFAULT.historySize(0));
        publish(logs, "t", "x");
        assertThat(logs.topics()).isZero();
        assertThat(logs.usedBytes()).isZero();
    }

    @Test
    void sweepsTopicsThatCameAndWentInAnyOrder() {
        Logs logs = logs(Rules.DEFAULT.historyTtl(Duration.ofNanos(100)));
        java.util.Random random = new java.util.Random(7);
        List<TestReader> watches = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            String topic = "t" + random.nextInt(300);
            switch (random.nextInt(4)) {
                case 0 -> publish(logs, topic, "x");
                case 1 -> watches.add(TestReader.of(logs, topic));
                case 2 -> {
                    if (!watches.isEmpty()) {
                        watches.remove(random.nextInt(watches.size())).end();
                    }
                }
                default -> {
                    nowNanos += random.nextInt(20);
                    logs.expire();
                }
            }
        }
        watches.forEach(TestReader::end);
        nowNanos += Duration.ofSeconds(5).toNanos();
        logs.expire();
        assertThat(logs.topics()).isZero();
        assertThat(logs.usedBytes()).isZero();
    }

    @Test
    void doesNotPublishTwiceWhatIsRetainedUnderItsPublishersId() {
        Logs logs = logs(Rules.DEFAULT);
        assertThat(logs.offer("t", Rules.event("x", "order-1"), 0, Rules::nobody))
                .isEqualTo(new Accepted(EPOCH + "-1:order-1", true));
        assertThat(logs.offer("t", Rules.event("y", "order-1"), 0, Rules::nobody))
                .isEqualTo(new Accepted(EPOCH + "-1:order-1", false));
        assertThat(logs.offer("other", Rules.event("y", "order-1"), 0, Rules::nobody))
                .isEqualTo(new Accepted(EPOCH + "-2:order-1", true));
        assertThat(retained(logs, "t")).containsExactly(0L);
    }

    @Test
    void publishesAgainWhatIsNoLongerRetained() {
        Logs logs = logs(Rules.DEFAULT.historySize(2));
        logs.offer("t", Rules.event("x", "order-1"), 0, Rules::nobody);
        publish(logs, "t", 0, 2);
        assertThat(logs.offer("t", Rules.event("x", "order-1"), 0, Rules::nobody))
                .isEqualTo(new Accepted(EPOCH + "-4:order-1", true));
        assertThat(logs.offer("t", Rules.event("x", "order-1"), 0, Rules::nobody))
                .isEqualTo(new Accepted(EPOCH + "-4:order-1", false));
    }

    @Test
    void refusesOneTopicMoreThanItMayRetain() {
        Logs logs = logs(Rules.DEFAULT, new LogLimits(Rules.MUCH, 2));
        publish(logs, "a", "x");
        publish(logs, "b", "x");
        assertThat(logs.offer("c", Rules.event("x"), 0, Rules::nobody))
                .isEqualTo(new Refused("there are 2 topics with history already (hub.max_topics)"));
        assertThat(logs.topics()).isEqualTo(2);
        publish(logs, "a", "y");
    }

    @Test
    void countsOnlyTopicsWithHistoryAsTopics() {
        Rules rules = Rules.DEFAULT.topic("brief", OverflowPolicy.DROP_NEWEST, 10, 0);
        Logs logs = logs(rules, new LogLimits(Rules.MUCH, 1));
        TestReader watch = TestReader.of(logs, "watched");
        publish(logs, "brief", "x");
        publish(logs, "watched", "x");
        publish(logs, "brief", "x");
        assertThat(logs.offer("c", Rules.event("x"), 0, Rules::nobody)).isInstanceOf(Refused.class);
        watch.end();
    }

    @Test
    void hasRoomForATopicAgainWhenAnotherOnesHistoryExpired() {
        Rules rules = Rules.DEFAULT.historyTtl(Duration.ofNanos(100));
        Logs logs = logs(rules, new LogLimits(Rules.MUCH, 1));
        publish(logs, "a", "x");
        nowNanos += 101;
        logs.expire();
        publish(logs, "b", "x");
    }

    @Test
    void givesUpTheOldestHistoryOfTheLargestTopicWhenMemoryIsShort() {
        Logs logs = logs(Rules.DEFAULT, new LogLimits(100_000, 100));
        publish(logs, "small", "x".repeat(1000));
        for (int i = 0; i < 500; i++) {
            publish(logs, "large", "x".repeat(1000));
            assertThat(logs.usedBytes()).isLessThan(100_200);
        }
        assertThat(logs.usedBytes()).isGreaterThan(45_000);
        assertThat(retained(logs, "small")).containsExactly(0L);
        assertThat(retained(logs, "large")).endsWith(499L);
    }

    @Test
    void asksTheTopicThatHoldsMostToLetGoWhenMemoryIsShort() {
        Logs logs = logs(Rules.DEFAULT, new LogLimits(100_000, 100));
        TestReader small = TestReader.of(logs, "small");
        TestReader large = TestReader.of(logs, "large");
        publish(logs, "small", "x".repeat(5000));
        Publication publication = publishMuch(logs, "large");
        assertThat(publication).isEqualTo(new Busy(Publication.Shortage.MEMORY));
        List<Publication> outcomes = new ArrayList<>();
        Event waiting = Rules.event("x".repeat(1000));
        assertThat(logs.offer("large", waiting, 1000, outcomes::add))
                .isEqualTo(Publication.PENDING);
        large.head();
        assertThat(large.watch().isSqueezed()).isTrue();
        assertThat(outcomes).isEmpty();
        large.report(large.watch().head() / 2);
        assertThat(outcomes).hasOnlyElementsOfType(Accepted.class).hasSize(1);
        publish(logs, "other", "x".repeat(9000));
        small.end();
        large.end();
    }

    @Test
    void leavesHalfOfTheMemoryToTopicsThatDrop() {
        Rules rules = Rules.DEFAULT.topic("block", OverflowPolicy.BLOCK, 100_000, 10);
        Logs logs = logs(rules, new LogLimits(100_000, 100));
        TestReader watch = TestReader.of(logs, "block");
        assertThat(publishMuch(logs, "block")).isEqualTo(new Busy(Publication.Shortage.MEMORY));
        assertThat(logs.usedBytes()).isBetween(45_000L, 50_000L);
        logs.offer("block", Rules.event("x".repeat(1000)), 1000, _ -> {});
        for (int i = 0; i < 1000; i++) {
            publish(logs, "free", "x".repeat(1000));
        }
        assertThat(logs.offer("block", Rules.event("x"), 0, Rules::nobody))
                .isInstanceOf(Busy.class);
        watch.end();
    }

    @Test
    void refusesAnEventThatNeverFits() {
        Rules rules = Rules.DEFAULT.topic("block", OverflowPolicy.BLOCK, 10, 10);
        Logs logs = logs(rules, new LogLimits(10_000, 100));
        assertThat(logs.offer("t", Rules.event("x".repeat(11_000)), 0, Rules::nobody))
                .isInstanceOf(Refused.class);
        assertThat(logs.offer("block", Rules.event("x".repeat(6000)), 0, Rules::nobody))
                .isInstanceOf(Refused.class);
        assertThat(logs.topics()).isZero();
        publish(logs, "t", "x".repeat(6000));
    }

    @Test
    void countsAnEventThatASocketHasTakenAPartOf() {
        Logs logs = logs(Rules.DEFAULT.historySize(0));
        TestReader watch = TestReader.of(logs, "t");
        publish(logs, "t", "x".repeat(5000));
        LogEntry begun = watch.log().entry(0);
        logs.hold(watch.log(), begun);
        watch.report(1);
        assertThat(logs.usedBytes()).isGreaterThan(5000);
        logs.unpin(watch.log(), 0, 1);
        assertThat(logs.usedBytes()).isZero();
        watch.end();
    }

    @Test
    void wakesAWatcherOnceUntilItLooks() {
        Logs logs = logs(Rules.DEFAULT);
        TestReader watch = TestReader.of(logs, "t");
        publish(logs, "t", 0, 5);
        assertThat(watch.wakes()).isEqualTo(1);
        assertThat(watch.head()).isEqualTo(5);
        publish(logs, "t", 5, 7);
        assertThat(watch.wakes()).isEqualTo(2);
    }

    @Test
    void keepsWhatAWatcherHasNotReportedWhateverTheHistory() {
        Logs logs = logs(Rules.DEFAULT.historySize(1));
        TestReader watch = TestReader.of(logs, "t");
        publish(logs, "t", 0, 100);
        for (int i = 0; i < 100; i++) {
            assertThat(watch.log().entry(i).index()).isEqualTo(i);
        }
        long all = logs.usedBytes();
        watch.report(100);
        assertThat(logs.usedBytes()).isBetween(1L, all / 50);
    }

    @Test
    void takesOverChangedSettings() {
        Logs logs = logs(Rules.DEFAULT);
        publish(logs, "t", 0, 10);
        logs.rules(Rules.DEFAULT.historySize(4).topicRules(), new LogLimits(Rules.MUCH, 1));
        assertThat(retained(logs, "t")).containsExactly(6L, 7L, 8L, 9L);
        assertThat(logs.offer("u", Rules.event("x"), 0, Rules::nobody)).isInstanceOf(Refused.class);
    }

    private Logs logs(Rules rules) {
        return logs(rules, new LogLimits(Rules.MUCH, 1000));
    }

    private Logs logs(Rules rules, LogLimits limits) {
        return rules.logs(limits, () -> nowNanos);
    }

    private static String publish(Logs logs, String topic, String data) {
        Publication publication = logs.offer(topic, Rules.event(data), 0, Rules::nobody);
        assertThat(publication).isInstanceOf(Accepted.class);
        return ((Accepted) publication).id();
    }

    /// Publishes until an event is not accepted.
    private static Publication publishMuch(Logs logs, String topic) {
        Publication publication =
                logs.offer(topic, Rules.event("x".repeat(1000)), 0, Rules::nobody);
        while (publication instanceof Accepted) {
            publication = logs.offer(topic, Rules.event("x".repeat(1000)), 0, Rules::nobody);
        }
        return publication;
    }

    private static void publish(Logs logs, String topic, int from, int to) {
        for (int i = from; i < to; i++) {
            publish(logs, topic, String.valueOf(i));
        }
    }

    /// The indexes that a subscriber gets that asks for the earliest.
    private static List<Long> retained(Logs logs, String topic) {
        TestReader watch = TestReader.of(logs, topic);
        ResumePoint point = watch.join("earliest");
        List<Long> indexes = new ArrayList<>();
        for (long index = point.from(0); index < point.head(0); index++) {
            indexes.add(watch.log().entry(index).index());
        }
        watch.end();
        return indexes;
    }
}
