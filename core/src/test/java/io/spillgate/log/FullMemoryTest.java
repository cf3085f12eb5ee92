package io.spillgate.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.config.OverflowPolicy;
import io.spillgate.log.Publication.Accepted;
import io.spillgate.log.Publication.Busy;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What waits for memory, and what others notice of it.
final class FullMemoryTest {
    private final List<String> called = new ArrayList<>();
    private final Map<Long, String> bySequence = new TreeMap<>();
    private final List<Publication> outcomes = new ArrayList<>();
    private long nowNanos;

    private Logs logs() {
        Rules rules =
                Rules.DEFAULT
                        .policy(OverflowPolicy.DROP_OLDEST)
                        .historySize(0)
                        .topic("b*", OverflowPolicy.BLOCK, 100_000, 0);
        return rules.logs(new LogLimits(20_000, 1000), () -> nowNanos);
    }

    private static Publication pub(Logs logs, String topic, int bytes) {
        return logs.offer(topic, Rules.event("x".repeat(bytes)), 0, Rules::nobody);
    }

    /// An event that has to wait; its name is noted when it is let in.
    private Publisher await(Logs logs, String topic, int bytes, String name) {
        Publisher publisher =
                outcome -> {
                    called.add(name);
                    String id = ((Accepted) outcome).id();
                    bySequence.put(Long.valueOf(id.substring(id.indexOf('-') + 1)), name);
                };
        assertThat(logs.offer(topic, Rules.event("x".repeat(bytes)), 1_000_000, publisher))
                .isEqualTo(Publication.PENDING);
        return publisher;
    }

    @Test
    void aBlockTopicThatIsFullCostsDropTopicsNothing() {
        Logs logs = logs();
        TestReader b = TestReader.of(logs, "b");
        TestReader d = TestReader.of(logs, "d");
        pub(logs, "d", 100);
        d.head();
        while (pub(logs, "b", 500) instanceof Accepted) {}
        await(logs, "b", 500, "b");
        int squeezed = 0;
        for (int i = 0; i < 10; i++) {
            logs.expire();
            d.head();
            squeezed += d.watch().isSqueezed() ? 1 : 0;
            logs.report(d.watch(), 1, 0, 0);
        }
        assertThat(logs.usedBytes()).isLessThan(12_000);
        assertThat(squeezed).isZero();
        assertThat(b.wakes()).isPositive();
    }

    @Test
    void aLargeEventThatGaveUpHoldsNobodyUp() {
        Logs logs = logs();
        TestReader b = TestReader.of(logs, "b");
        pub(logs, "b", 6000);
        Publisher large = await(logs, "b", 5000, "large");
        assertThat(pub(logs, "b", 10)).isEqualTo(new Busy(Publication.Shortage.MEMORY));
        await(logs, "b", 10, "small");
        assertThat(called).isEmpty();
        logs.withdraw("b", large);
        assertThat(b.wakes()).isPositive();
        assertThat(called).containsExactly("small");
    }

    @Test
    void nobodyIsForgottenWhenTheFirstGivesUpWhileMemoryIsShort() {
        Logs logs = logs();
        TestReader u = TestReader.of(logs, "b-other");
        TestReader t = TestReader.of(logs, "b");
        pub(logs, "b-other", 6000);
        Publisher large = await(logs, "b", 5000, "large");
        await(logs, "b", 4500, "as large");
        logs.withdraw("b", large);
        assertThat(called).isEmpty();
        u.report(1);
        assertThat(called).containsExactly("as large");
        t.report(1);
        assertThat(logs.usedBytes()).isZero();
    }

    @Test
    void givesUpForWantOfMemoryInTime() {
        Logs logs = logs();
        TestReader u = TestReader.of(logs, "b-other");
        pub(logs, "b-other", 6000);
        Publisher late = outcomes::add;
        assertThat(logs.offer("b", Rules.event("x".repeat(5000)), 100, late))
                .isEqualTo(Publication.PENDING);
        nowNanos += 99;
        logs.expire();
        assertThat(outcomes).isEmpty();
        nowNanos += 1;
        logs.expire();
        assertThat(outcomes).containsExactly(new Busy(Publication.Shortage.MEMORY));
        assertThat(logs.topics()).isEqualTo(1);
        u.report(1);
        assertThat(outcomes).hasSize(1);
    }

    @Test
    void whatWaitsForMemoryIsLetInInItsOrderOverTopics() {
        Logs logs = logs();
        TestReader u = TestReader.of(logs, "b-other");
        pub(logs, "b-other", 6000);
        await(logs, "b-one", 5000, "one");
        await(logs, "b-two", 5000, "two");
        await(logs, "b-one", 100, "one more");
        u.report(1);
        assertThat(bySequence.values()).startsWith("one", "one more");
    }

    @Test
    void aReplayOfABlockTopicDoesNotStopPublishers() {
        Logs logs =
                Rules.DEFAULT
                        .policy(OverflowPolicy.BLOCK)
                        .logs(new LogLimits(20_000, 1000), System::nanoTime);
        for (int i = 0; i < 22; i++) {
            assertThat(logs.offer("h", Rules.event("x".repeat(500)), 0, Rules::nobody))
                    .isInstanceOf(Accepted.class);
        }
        TestReader replay = TestReader.of(logs, "h");
        replay.join("earliest");
        replay.head();
        logs.report(replay.watch(), 22, 0, 22);
        assertThat(logs.offer("other", Rules.event("x"), 0, Rules::nobody))
                .isInstanceOf(Accepted.class);
    }
}
