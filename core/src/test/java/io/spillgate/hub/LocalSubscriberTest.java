package io.spillgate.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.config.OverflowPolicy;
import io.spillgate.hub.LocalTarget.Delivery;
import io.spillgate.log.LogLimits;
import io.spillgate.log.Logs;
import io.spillgate.log.Publication;
import io.spillgate.log.ResumePoint;
import io.spillgate.log.Rules;
import io.spillgate.metrics.Counter;
import io.spillgate.metrics.Metrics;
import io.spillgate.net.LoopMeter;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// One subscription of a program, whose listener is as slow as the test wants it.
final class LocalSubscriberTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long TIMEOUT = 300 * SECOND;
    private static final long STALL = 5 * SECOND;
    private static final String E = "stestepoch01-";

    private final Metrics metrics = new Metrics(1);
    private final Socket socket = new Socket();
    private final Listener listener = new Listener();
    private final long now = SECOND;

    @Test
    void getsEventsOfAllTopicsInTheirOrder() {
        Stage stage = new Stage(Rules.DEFAULT, "a", "b");
        stage.publish("a", "0");
        LocalSubscriber subscriber = stage.join("earliest");
        stage.publish("b", "1");
        stage.publish("a", "2");
        stage.offer(subscriber);
        assertThat(listener.told).containsExactly("0");
        listener.finish();
        assertThat(listener.told).containsExactly("0", "1", "2");
    }

    @Test
    void getsNoMoreThanABatchUntilItHasDoneWithIt() {
        Stage stage = new Stage(Rules.DEFAULT.queueSize(1000), "t");
        LocalSubscriber subscriber = stage.join(null);
        for (int i = 0; i < 200; i++) {
            stage.publish("t", String.valueOf(i));
        }
        stage.offer(subscriber);
        stage.offer(subscriber);
        assertThat(listener.told).hasSize(64);
        listener.finish();
        assertThat(listener.told).hasSize(128).endsWith("127");
    }

    @Test
    void aLargeEventIsABatchAndCountsInTheMemory() {
        Stage stage = new Stage(Rules.DEFAULT.queueSize(10).historySize(0), "t");
        LocalSubscriber subscriber = stage.join(null);
        stage.publish("t", "small");
        stage.publish("t", "l".repeat(100_000));
        stage.publish("t", "small");
        stage.offer(subscriber);
        assertThat(listener.told).containsExactly("small");
        listener.finish();
        assertThat(listener.told).hasSize(2);
        assertThat(stage.logs.usedBytes()).isGreaterThan(100_000);
        listener.finish();
        assertThat(listener.told).hasSize(3);
        subscriber.end(null, StreamEnd.CLIENT);
        socket.channel().runPendingTasks();
        assertThat(stage.logs.usedBytes()).isLessThan(1000);
    }

    @Test
    void isToldHowManyOfTheOldestWereDropped() {
        Rules oldest = Rules.DEFAULT.queueSize(2).policy(OverflowPolicy.DROP_OLDEST);
        Stage stage = new Stage(oldest, "t");
        LocalSubscriber subscriber = stage.join(null);
        for (int i = 1; i <= 6; i++) {
            stage.publish("t", String.valueOf(i));
            stage.offer(subscriber);
        }
        listener.finish();
        assertThat(listener.told)
                .containsExactly("1", "dropped 3 after " + E + "1 next " + E + "5", "5", "6");
        assertThat(metrics.totalOfLabels(Counter.MESSAGES_DROPPED)).isEqualTo(3);
    }

    @Test
    void isToldOfDroppedEventsThatNothingFollows() {
        Rules newest = Rules.DEFAULT.queueSize(2).policy(OverflowPolicy.DROP_NEWEST);
        Stage stage = new Stage(newest, "t");
        LocalSubscriber subscriber = stage.join(null);
        for (int i = 1; i <= 6; i++) {
            stage.publish("t", String.valueOf(i));
            stage.offer(subscriber);
        }
        listener.finish();
        assertThat(listener.told).containsExactly("1", "2", "3");
        listener.finish();
        subscriber.visit(now);
        assertThat(listener.told).endsWith("dropped 3 after " + E + "3 next null");
    }

    @Test
    void publishersWaitForItUnderBlock() {
        Stage stage = new Stage(Rules.DEFAULT.queueSize(2).policy(OverflowPolicy.BLOCK), "t");
        LocalSubscriber subscriber = stage.join(null);
        for (int i = 1; i <= 3; i++) {
            stage.publish("t", String.valueOf(i));
            stage.offer(subscriber);
        }
        assertThat(stage.logs.offer("t", Rules.event("4"), 0, Rules::nobody))
                .isInstanceOf(Publication.Busy.class);
        listener.finish();
        stage.offer(subscriber);
        stage.publish("t", "4");
        subscriber.visit(now);
        stage.publish("t", "5");
        stage.offer(subscriber);
        subscriber.visit(now + TIMEOUT);
        assertThat(listener.end).isNull();
        subscriber.visit(now + 2 * TIMEOUT);
        assertThat(listener.end).isEqualTo(StreamEnd.BLOCKED);
        stage.publish("t", "6");
    }

    @Test
    void endsWhenItsListenerIsAtOneBatchForTooLongWhileMoreWaits() {
        Stage stage = new Stage(Rules.DEFAULT, "t");
        LocalSubscriber subscriber = stage.join(null);
        stage.publish("t", "1");
        stage.offer(subscriber);
        subscriber.visit(now);
        subscriber.visit(now + 2 * TIMEOUT);
        assertThat(listener.end).as("nothing waits").isNull();
        stage.publish("t", "2");
        stage.offer(subscriber);
        subscriber.visit(now + 2 * TIMEOUT);
        subscriber.visit(now + 3 * TIMEOUT);
        assertThat(listener.end).isEqualTo(StreamEnd.TIMEOUT);
        assertThat(stage.shard.streamCount()).isZero();
        listener.finish();
        assertThat(listener.told).containsExactly("1");
    }

    @Test
    void aFailingTargetEndsOnlyItsOwnSubscription() {
        Stage stage = new Stage(Rules.DEFAULT, "t");
        LocalSubscriber one = stage.join(null);
        LocalSubscriber other = stage.join(null);
        listener.failing = true;
        stage.publish("t", "1");
        stage.offer(one);
        assertThat(listener.end).isEqualTo(StreamEnd.ERROR);
        assertThat(stage.shard.streamCount()).isOne();
        assertThat(one.isEnding()).isNotEqualTo(other.isEnding());
        assertThat(listener.told).containsExactly("1");
    }

    /// What was told, as text; it takes one batch and then waits for the test.
    private final class Listener implements LocalTarget {
        private final List<String> told = new ArrayList<>();
        private @Nullable Runnable done;
        private @Nullable StreamEnd end;
        private boolean failing;

        @Override
        public void take(List<Delivery> batch, Runnable whenDone) {
            if (failing) {
                failing = false;
                throw new IllegalStateException("a failing target");
            }
            assertThat(done).isNull();
            done = whenDone;
            batch.forEach(delivery -> told.add(text(delivery)));
        }

        @Override
        public void ended(StreamEnd why) {
            end = why;
        }

        void finish() {
            Runnable finished = Objects.requireNonNull(done);
            done = null;
            finished.run();
            socket.channel().runPendingTasks();
        }

        private static String text(Delivery delivery) {
            return switch (delivery) {
                case Delivery.Event(var entry) ->
                        new String(entry.event().data(), StandardCharsets.UTF_8);
                case Delivery.Told(Notice.Overflow(long dropped, var after, var next)) ->
                        "dropped " + dropped + " after " + after + " next " + next;
                case Delivery.Told(var notice) -> notice.toString();
            };
        }
    }

    private final class Stage {
        private final Logs logs;
        private final Shard shard;
        private final List<String> topics;

        Stage(Rules rules, String... topics) {
            logs = rules.logs(new LogLimits(Rules.MUCH, 100), System::nanoTime);
            shard =
                    new Shard(
                            socket.channel().eventLoop(),
                            new LoopMeter(System::nanoTime),
                            Rules.clock(System::nanoTime),
                            Socket.FAULTS,
                            logs,
                            metrics.cells(0),
                            new StreamTimes(0, TIMEOUT, STALL, 1),
                            new WatchedTopics(1000));
            this.topics = List.of(topics);
        }

        LocalSubscriber join(@Nullable String lastEventId) {
            ResumePoint point = logs.join(shard.reader(), topics, lastEventId);
            return shard.open(listener, topics, point);
        }

        void publish(String topic, String data) {
            assertThat(logs.offer(topic, Rules.event(data), 0, Rules::nobody))
                    .isInstanceOf(Publication.Accepted.class);
        }

        void offer(Recipient subscriber) {
            shard.topics().hearNews();
            assertThat(Walks.walk(shard, subscriber, System.nanoTime() + TIMEOUT)).isTrue();
        }
    }
}
