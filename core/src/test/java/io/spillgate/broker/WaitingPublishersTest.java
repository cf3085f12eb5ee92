package io.spillgate.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.broker.Publication.Accepted;
import io.spillgate.broker.Publication.Busy;
import io.spillgate.config.OverflowPolicy;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/// Publishers that wait for room, in their order.
final class WaitingPublishersTest {
    private final List<String> calledBack = new ArrayList<>();

    @Test
    void blocksWhenTheQueueIsFullAndPublishesNothing() {
        LocalBroker broker = broker(blocking(3));
        TestReader watch = TestReader.of(broker, "t");
        publish(broker, "t", 0, 3);
        assertThat(broker.publish("t", Rules.event("x"), false))
                .isEqualTo(new Busy(Publication.Shortage.QUEUE));
        assertThat(watch.head()).isEqualTo(3);
        publish(broker, "other", "is not held up");
    }

    @Test
    void letsPublishersInOneByOneInTheirOrderAndNobodyPastThem() {
        LocalBroker broker = broker(blocking(2));
        TestReader watch = TestReader.of(broker, "t");
        publish(broker, "t", 0, 2);
        await(broker, "first");
        await(broker, "second");
        await(broker, "third");
        report(watch, 1);
        assertThat(calledBack).containsExactly("first");
        assertThat(broker.publish("t", Rules.event("newcomer"), false))
                .isEqualTo(new Busy(Publication.Shortage.QUEUE));
        assertThat(broker.awaitRoom("t", () -> calledBack.add("newcomer"), false)).isTrue();
        retry(broker, "first");
        assertThat(calledBack).containsExactly("first");
        report(watch, 3);
        assertThat(calledBack).containsExactly("first", "second");
        retry(broker, "second");
        assertThat(calledBack).containsExactly("first", "second", "third");
        retry(broker, "third");
        report(watch, 5);
        assertThat(calledBack).containsExactly("first", "second", "third", "newcomer");
    }

    @Test
    void keepsNewcomersOutUntilTheOneThatWasCalledHasTried() {
        LocalBroker broker = broker(blocking(1));
        TestReader watch = TestReader.of(broker, "t");
        publish(broker, "t", "0");
        await(broker, "only");
        report(watch, 1);
        assertThat(calledBack).containsExactly("only");
        assertThat(broker.publish("t", Rules.event("newcomer"), false))
                .isEqualTo(new Busy(Publication.Shortage.QUEUE));
        retry(broker, "only");
        report(watch, 2);
        publish(broker, "t", "newcomer");
    }

    @Test
    void callsTheNextWhenTheOneThatWasCalledGivesUp() {
        LocalBroker broker = broker(blocking(1));
        TestReader watch = TestReader.of(broker, "t");
        publish(broker, "t", "0");
        Runnable first = await(broker, "first");
        Runnable second = await(broker, "second");
        await(broker, "third");
        broker.cancelAwait("t", second);
        report(watch, 1);
        assertThat(calledBack).containsExactly("first");
        broker.cancelAwait("t", first);
        assertThat(calledBack).containsExactly("first", "third");
    }

    @Test
    void putsOneThatFoundNoRoomBeforeTheOthersAgain() {
        LocalBroker broker = broker(blocking(1));
        TestReader watch = TestReader.of(broker, "t");
        publish(broker, "t", "0");
        await(broker, "first");
        await(broker, "second");
        report(watch, 1);
        broker.rules(blocking(1).queueBytes(0).topicRules(), new BrokerLimits(Rules.MUCH, 100));
        TestReader slow = TestReader.of(broker, "t");
        retry(broker, "first");
        assertThat(broker.publish("t", Rules.event("x"), true))
                .isEqualTo(new Busy(Publication.Shortage.QUEUE));
        assertThat(broker.awaitRoom("t", () -> calledBack.add("again"), true)).isTrue();
        report(watch, 2);
        report(slow, 2);
        assertThat(calledBack).containsExactly("first", "again");
    }

    @Test
    void saysThatThereIsRoomAlreadyInsteadOfCallingBack() {
        LocalBroker broker = broker(blocking(1));
        TestReader watch = TestReader.of(broker, "t");
        publish(broker, "t", "0");
        assertThat(broker.publish("t", Rules.event("1"), false))
                .isEqualTo(new Busy(Publication.Shortage.QUEUE));
        report(watch, 1);
        assertThat(broker.awaitRoom("t", () -> calledBack.add("1"), false)).isFalse();
        retry(broker, "1");
        assertThat(calledBack).isEmpty();
    }

    @Test
    void letsPublishersGoOnWhenTheSubscribersAreGone() {
        LocalBroker broker = broker(blocking(1));
        TestReader watch = TestReader.of(broker, "t");
        publish(broker, "t", "0");
        await(broker, "waiting");
        watch.end();
        assertThat(calledBack).containsExactly("waiting");
        retry(broker, "waiting");
        publish(broker, "t", "2");
    }

    private static LocalBroker broker(Rules rules) {
        BrokerLimits limits = new BrokerLimits(Rules.MUCH, 1000);
        return new LocalBroker("stestepoch01", rules.topicRules(), limits, System::nanoTime);
    }

    private static Rules blocking(int queueSize) {
        return Rules.DEFAULT.policy(OverflowPolicy.BLOCK).queueSize(queueSize);
    }

    private static void publish(LocalBroker broker, String topic, String data) {
        assertThat(broker.publish(topic, Rules.event(data), false)).isInstanceOf(Accepted.class);
    }

    private static void publish(LocalBroker broker, String topic, int from, int to) {
        for (int i = from; i < to; i++) {
            publish(broker, topic, String.valueOf(i));
        }
    }

    private Runnable await(LocalBroker broker, String name) {
        Runnable retry = () -> calledBack.add(name);
        assertThat(broker.awaitRoom("t", retry, false)).isTrue();
        return retry;
    }

    private static void retry(LocalBroker broker, String data) {
        assertThat(broker.publish("t", Rules.event(data), true)).isInstanceOf(Accepted.class);
    }

    private static void report(TestReader watch, long upTo) {
        watch.report(upTo);
    }
}
