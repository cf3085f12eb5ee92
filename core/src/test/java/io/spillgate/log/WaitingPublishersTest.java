package io.spillgate.log;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.spillgate.config.OverflowPolicy;
import io.spillgate.log.Publication.Accepted;
import io.spillgate.log.Publication.Busy;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;

/// Publishers whose events wait for room, in their order.
final class WaitingPublishersTest {
    private static final int RACES = 1000;
    private static final Busy FULL_QUEUE = new Busy(Publication.Shortage.QUEUE);

    private final List<String> letIn = new ArrayList<>();
    private final List<String> givenUp = new ArrayList<>();
    private long nowNanos;

    @Test
    void blocksWhenTheQueueIsFullAndPublishesNothing() {
        Logs logs = logs(blocking(3));
        TestReader watch = TestReader.of(logs, "t");
        publish(logs, "t", 3);
        assertThat(publish(logs, "t")).isEqualTo(FULL_QUEUE);
        assertThat(watch.head()).isEqualTo(3);
        publish(logs, "other", 1);
    }

    @Test
    void letsEventsInInTheirOrderAndNobodyPastThem() {
        Logs logs = logs(blocking(2));
        TestReader watch = TestReader.of(logs, "t");
        publish(logs, "t", 2);
        await(logs, "first");
        await(logs, "second");
        await(logs, "third");
        assertThat(letIn).isEmpty();
        watch.report(1);
        assertThat(letIn).containsExactly("first");
        assertThat(publish(logs, "t")).isEqualTo(FULL_QUEUE);
        await(logs, "newcomer");
        watch.report(3);
        assertThat(letIn).containsExactly("first", "second", "third");
        watch.report(5);
        assertThat(letIn).containsExactly("first", "second", "third", "newcomer");
        assertThat(watch.head()).isEqualTo(6);
        assertThat(watch.log().entry(5).event().data()).isEqualTo("newcomer".getBytes(UTF_8));
    }

    @Test
    void appendsWhatWaitedBeforeWhatComesLater() {
        Logs logs = logs(blocking(1));
        TestReader watch = TestReader.of(logs, "t");
        publish(logs, "t", 1);
        await(logs, "only");
        watch.report(1);
        assertThat(letIn).containsExactly("only");
        assertThat(publish(logs, "t")).isEqualTo(FULL_QUEUE);
        watch.report(2);
        publish(logs, "t", 1);
    }

    @Test
    void letsInManyMoreThanOneTurnTakes() {
        Logs logs = logs(blocking(1));
        TestReader watch = TestReader.of(logs, "t");
        publish(logs, "t", 1);
        for (int i = 0; i < 1000; i++) {
            await(logs, "waiting " + i);
        }
        watch.end();
        assertThat(letIn).hasSize(1000).startsWith("waiting 0").endsWith("waiting 999");
    }

    @Test
    void forgetsTheOneThatIsGoneAndLetsTheNextIn() {
        Logs logs = logs(blocking(1));
        TestReader watch = TestReader.of(logs, "t");
        publish(logs, "t", 1);
        await(logs, "first");
        Publisher second = await(logs, "second");
        await(logs, "third");
        logs.withdraw("t", second);
        watch.report(1);
        watch.report(2);
        assertThat(letIn).containsExactly("first", "third");
        logs.withdraw("t", second);
        logs.withdraw("unknown", second);
        assertThat(givenUp).isEmpty();
    }

    @Test
    void givesUpWhatHasWaitedTooLong() {
        Logs logs = logs(blocking(1));
        TestReader watch = TestReader.of(logs, "t");
        publish(logs, "t", 1);
        await(logs, "early");
        nowNanos += 500;
        await(logs, "late");
        nowNanos += 500;
        logs.expire();
        assertThat(givenUp).containsExactly("early");
        watch.report(1);
        assertThat(letIn).containsExactly("late");
        nowNanos += 500;
        logs.expire();
        assertThat(givenUp).hasSize(1);
    }

    @Test
    void waitsNotAtAllWithoutTimeToWait() {
        Logs logs = logs(blocking(1));
        TestReader watch = TestReader.of(logs, "t");
        publish(logs, "t", 1);
        assertThat(publish(logs, "t")).isEqualTo(FULL_QUEUE);
        watch.report(1);
        publish(logs, "t", 1);
    }

    @Test
    void letsPublishersGoOnWhenTheSubscribersAreGone() {
        Logs logs = logs(blocking(1));
        TestReader watch = TestReader.of(logs, "t");
        publish(logs, "t", 1);
        await(logs, "waiting");
        watch.end();
        assertThat(letIn).containsExactly("waiting");
        publish(logs, "t", 2);
    }

    @Test
    void letsPublishersGoOnWhenTheSettingsMakeRoom() {
        Logs logs = logs(blocking(1));
        TestReader watch = TestReader.of(logs, "t");
        publish(logs, "t", 1);
        await(logs, "waiting");
        logs.rules(blocking(2).topicRules(), new LogLimits(Rules.MUCH, 100));
        assertThat(letIn).containsExactly("waiting");
        watch.end();
    }

    @Test
    void theSameEventIsNotTakenAgainWhetherItWaitsOrNot() {
        Logs logs = logs(blocking(1));
        TestReader watch = TestReader.of(logs, "t");
        logs.offer("t", Rules.event("x", "order-1"), 0, Rules::nobody);
        assertThat(logs.offer("t", Rules.event("x", "order-1"), 0, Rules::nobody))
                .isEqualTo(new Accepted("stestepoch01-1:order-1", false));
        List<Publication> outcomes = new ArrayList<>();
        logs.offer("t", Rules.event("y", "order-2"), 1000, outcomes::add);
        logs.offer("t", Rules.event("y", "order-2"), 1000, outcomes::add);
        watch.report(1);
        assertThat(outcomes)
                .containsExactly(
                        new Accepted("stestepoch01-2:order-2", true),
                        new Accepted("stestepoch01-2:order-2", false));
    }

    /// The publisher leaves, its time is over and room is made, all at once.
    @Test
    void settlesEachEventAtMostOnce() throws Exception {
        for (int race = 0; race < RACES; race++) {
            Logs logs = logs(blocking(1));
            TestReader watch = TestReader.of(logs, "t");
            publish(logs, "t", 1);
            AtomicInteger settled = new AtomicInteger();
            AtomicInteger accepted = new AtomicInteger();
            Publisher publisher =
                    outcome -> {
                        settled.incrementAndGet();
                        accepted.addAndGet(outcome instanceof Accepted ? 1 : 0);
                    };
            logs.offer("t", Rules.event("x"), 1, publisher);
            nowNanos += 1;
            CyclicBarrier start = new CyclicBarrier(3);
            CompletableFuture.allOf(
                            at(start, () -> logs.withdraw("t", publisher)),
                            at(start, logs::expire),
                            at(start, () -> watch.report(1)))
                    .get();
            assertThat(settled.get()).as("race %d", race).isLessThanOrEqualTo(1);
            assertThat(watch.head()).as("race %d", race).isEqualTo(1 + accepted.get());
            watch.end();
        }
    }

    private static CompletableFuture<Void> at(CyclicBarrier start, Runnable task) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        start.await();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                    task.run();
                },
                work -> new Thread(work).start());
    }

    private Logs logs(Rules rules) {
        return rules.logs(new LogLimits(Rules.MUCH, 1000), () -> nowNanos);
    }

    private static Rules blocking(int queueSize) {
        return Rules.DEFAULT.policy(OverflowPolicy.BLOCK).queueSize(queueSize);
    }

    private static Publication publish(Logs logs, String topic) {
        return logs.offer(topic, Rules.event("x"), 0, Rules::nobody);
    }

    private static void publish(Logs logs, String topic, int events) {
        for (int i = 0; i < events; i++) {
            assertThat(publish(logs, topic)).isInstanceOf(Accepted.class);
        }
    }

    /// An event that has to wait.
    private Publisher await(Logs logs, String data) {
        Publisher publisher = outcome -> (outcome instanceof Accepted ? letIn : givenUp).add(data);
        assertThat(logs.offer("t", Rules.event(data), 1000, publisher))
                .isEqualTo(Publication.PENDING);
        return publisher;
    }
}
