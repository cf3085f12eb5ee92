package io.spillgate.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.broker.Publication.Accepted;
import io.spillgate.broker.Publication.Busy;
import io.spillgate.config.OverflowPolicy;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/// What waits for memory, and what others notice of it.
final class FullMemoryTest {
    private final List<String> called = new ArrayList<>();

    private static LocalBroker broker() {
        Rules rules =
                Rules.DEFAULT
                        .policy(OverflowPolicy.DROP_OLDEST)
                        .historySize(0)
                        .topic("b*", OverflowPolicy.BLOCK, 100_000, 0);
        return new LocalBroker(
                "stestepoch01",
                rules.topicRules(),
                new BrokerLimits(20_000, 1000),
                System::nanoTime);
    }

    private static Publication pub(LocalBroker broker, String topic, int bytes) {
        return broker.publish(topic, Rules.event("x".repeat(bytes)), false);
    }

    @Test
    void aBlockTopicThatIsFullCostsDropTopicsNothing() {
        LocalBroker broker = broker();
        TestReader b = TestReader.of(broker, "b");
        TestReader d = TestReader.of(broker, "d");
        pub(broker, "d", 100);
        d.head();
        while (pub(broker, "b", 500) instanceof Accepted) {}
        assertThat(broker.awaitRoom("b", () -> called.add("b"), false)).isTrue();
        int squeezed = 0;
        for (int i = 0; i < 10; i++) {
            broker.expire();
            d.head();
            squeezed += d.watch().isSqueezed() ? 1 : 0;
            d.log().report(d.watch(), 1, 0, 0);
        }
        assertThat(broker.usedBytes()).isLessThan(12_000);
        assertThat(squeezed).isZero();
        assertThat(b.wakes()).isPositive();
    }

    @Test
    void aLargeEventThatGaveUpHoldsNobodyUp() {
        LocalBroker broker = broker();
        TestReader b = TestReader.of(broker, "b");
        pub(broker, "b", 6000);
        assertThat(pub(broker, "b", 5000)).isInstanceOf(Busy.class);
        Runnable large = () -> called.add("large");
        broker.awaitRoom("b", large, false);
        assertThat(pub(broker, "b", 10)).isInstanceOf(Busy.class);
        broker.awaitRoom("b", () -> called.add("small"), false);
        broker.cancelAwait("b", large);
        broker.expire();
        assertThat(b.wakes()).isPositive();
        assertThat(called).containsExactly("small");
    }

    @Test
    void nobodyIsForgottenWhenTheOneThatWasCalledGivesUpWithoutMemory() {
        LocalBroker broker = broker();
        TestReader u = TestReader.of(broker, "b-other");
        TestReader t = TestReader.of(broker, "b");
        pub(broker, "b-other", 6000);
        assertThat(pub(broker, "b", 5000)).isInstanceOf(Busy.class);
        Runnable large = () -> called.add("large");
        broker.awaitRoom("b", large, false);
        assertThat(pub(broker, "b", 10)).isInstanceOf(Busy.class);
        broker.awaitRoom("b", () -> called.add("small"), false);
        u.report(1);
        assertThat(called).containsExactly("large");
        pub(broker, "b-other", 6000);
        broker.cancelAwait("b", large);
        u.report(2);
        broker.expire();
        assertThat(broker.usedBytes()).isZero();
        assertThat(t).isNotNull();
        assertThat(called).containsExactly("large", "small");
    }

    @Test
    void saysThatMemoryIsShortToTheOneThatWasCalled() {
        LocalBroker broker = broker();
        TestReader u = TestReader.of(broker, "b-other");
        broker.publish("b-other", Rules.event("x".repeat(6000)), false);
        broker.publish("b", Rules.event("x".repeat(5000)), false);
        broker.awaitRoom("b", () -> {}, false);
        u.report(1);
        assertThat(broker.publish("b-other", Rules.event("x".repeat(6000)), false))
                .isInstanceOf(Accepted.class);
        assertThat(broker.publish("b", Rules.event("x".repeat(5000)), true))
                .isEqualTo(new Publication.Busy(Publication.Shortage.MEMORY));
    }

    @Test
    void aReplayOfABlockTopicDoesNotStopPublishers() {
        LocalBroker broker =
                new LocalBroker(
                        "stestepoch01",
                        Rules.DEFAULT.policy(OverflowPolicy.BLOCK).topicRules(),
                        new BrokerLimits(20_000, 1000),
                        System::nanoTime);
        for (int i = 0; i < 22; i++) {
            assertThat(broker.publish("h", Rules.event("x".repeat(500)), false))
                    .isInstanceOf(Accepted.class);
        }
        TestReader replay = TestReader.of(broker, "h");
        replay.join("earliest");
        replay.head();
        replay.log().report(replay.watch(), 22, 0, 22);
        assertThat(broker.publish("other", Rules.event("x"), false)).isInstanceOf(Accepted.class);
    }
}
