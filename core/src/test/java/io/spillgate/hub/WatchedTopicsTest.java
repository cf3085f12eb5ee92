package io.spillgate.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.spillgate.http.TestPlace;
import io.spillgate.log.LogLimits;
import io.spillgate.log.Logs;
import io.spillgate.log.Rules;
import io.spillgate.log.Watch;
import io.spillgate.metrics.Metrics;
import io.spillgate.net.LoopMeter;
import io.spillgate.net.Transport;

import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Topics that are watched before their first event, and after their last one.
final class WatchedTopicsTest {
    private static final int SUBSCRIBERS = 4000;
    private static final int TOPICS = 100;
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    private static final StreamTimes TIMES = new StreamTimes(0, 60 * MINUTE, MINUTE, 1_000_000);

    private final WatchedTopics watched = new WatchedTopics(Integer.MAX_VALUE);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private long nowNanos;
    private final Logs logs =
            Rules.DEFAULT.historySize(0).logs(new LogLimits(Rules.MUCH, 1000), () -> nowNanos);
    private final Shard shard =
            new Shard(
                    channel.eventLoop(),
                    new LoopMeter(System::nanoTime),
                    Rules.clock(System::nanoTime),
                    Socket.FAULTS,
                    logs,
                    new Metrics(1).cells(0),
                    TIMES,
                    watched);

    @Test
    void costLittle() {
        List<Subscriber> streams = new ArrayList<>();
        for (int i = 0; i < SUBSCRIBERS; i++) {
            streams.add(join(List.of("one-" + i)));
        }
        long withOne = usedHeap();
        for (int i = 0; i < SUBSCRIBERS; i++) {
            List<String> names = new ArrayList<>();
            for (int topic = 0; topic < TOPICS; topic++) {
                names.add("topic-" + i + "-" + topic);
            }
            streams.add(join(List.copyOf(names)));
        }
        long watches = (long) SUBSCRIBERS * (TOPICS - 1);
        long streamBytes = withOne / SUBSCRIBERS;
        long bytes = usedHeap() - withOne - Math.min(streamBytes, 1500) * SUBSCRIBERS;
        assertThat(bytes / watches).isLessThanOrEqualTo(150);
        assertThat(logs.topics()).isZero();
        streams.forEach(Subscriber::gone);
        assertThat(watched.count()).isEqualTo(-SUBSCRIBERS * (TOPICS + 1));
    }

    @Test
    void costLittleAgainWhenNothingIsPublishedForAWhile() {
        Socket one = new Socket();
        Socket two = new Socket();
        one.take(1 << 20);
        two.take(1 << 20);
        Subscriber first = join(one, List.of("t"));
        Subscriber second = join(two, List.of("t", "u"));
        for (int round = 1; round <= 3; round++) {
            assertThat(logs.topics()).isZero();
            assertThat(first.merge().cursors()).isEmpty();
            publish("t", "round " + round);
            channel.runPendingTasks();
            assertThat(logs.topics()).isEqualTo(1);
            assertThat(one.text()).contains("data: round " + round + "\n");
            assertThat(two.text()).contains("data: round " + round + "\n");
            nowNanos += MINUTE;
            logs.expire();
            channel.runPendingTasks();
        }
        assertThat(one.text()).containsOnlyOnce("round 2");
        first.gone();
        publish("u", "x");
        channel.runPendingTasks();
        assertThat(two.text()).contains("data: x\n");
        second.gone();
        assertThat(logs.topics()).isZero();
        assertThat(logs.usedBytes()).isZero();
    }

    private void publish(String topic, String data) {
        logs.offer(topic, Rules.event(data), 0, Rules::nobody);
    }

    private Subscriber join(List<String> names) {
        return shard.open(
                new TestPlace(),
                SseWire.BARE,
                names,
                logs.join(shard.reader(), names, null),
                () -> {});
    }

    private Subscriber join(Socket socket, List<String> names) {
        return shard.open(
                socket.place(Transport.NIO),
                SseWire.BARE,
                names,
                logs.join(shard.reader(), names, null),
                () -> {});
    }

    private static long usedHeap() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        for (int i = 0; i < 3; i++) {
            memory.gc();
        }
        return memory.getHeapMemoryUsage().getUsed();
    }

    @Test
    void areNotBegunByAWatchThatWasGivenBackMeanwhile() {
        publish("s", "before");
        join(new Socket(), List.of("s")).gone();
        assertThat(logs.topics()).isZero();
        Socket socket = new Socket();
        socket.take(1 << 20);
        Subscriber stream = join(socket, List.of("s"));
        channel.runPendingTasks();
        for (int i = 0; i < 3; i++) {
            publish("s", "later " + i);
            channel.runPendingTasks();
        }
        assertThat(socket.text()).contains("later 0", "later 1", "later 2");
        stream.gone();
    }

    @Test
    void thatHaveGoneTakeNobodyElsesPlace() {
        Subscriber stream = join(new Socket(), List.of("t"));
        stream.flush();
        publish("t", "x");
        shard.topics().hearNews();
        Watch watch = stream.merge().cursors()[0].topic().watch();
        TopicShard gone = Objects.requireNonNull(shard.topics().active(watch));
        nowNanos += MINUTE;
        logs.expire();
        assertThat(gone.walk(System.nanoTime() + MINUTE)).isTrue();
        stream.gone();
        assertThat(logs.topics()).isZero();
        Socket socket = new Socket();
        socket.take(1 << 20);
        Subscriber other = join(socket, List.of("t"));
        shard.topics().retireIfIdle(gone);
        publish("t", "for the other");
        channel.runPendingTasks();
        assertThat(socket.text()).contains("for the other");
        other.gone();
    }

    @Test
    void areNotGivenBackWhileAWalkIsDue() {
        Socket socket = new Socket();
        socket.take(1 << 20);
        Subscriber stream = join(socket, List.of("t"));
        publish("t", "x");
        channel.runPendingTasks();
        Watch watch = stream.merge().cursors()[0].topic().watch();
        TopicShard topic = Objects.requireNonNull(shard.topics().active(watch));
        nowNanos += MINUTE;
        logs.expire();
        assertThat(topic.walk(System.nanoTime() + MINUTE)).isTrue();
        assertThat(topic.isIdle()).isTrue();
        topic.walkDue = true;
        assertThat(topic.isIdle()).isFalse();
        topic.walkDue = false;
        channel.runPendingTasks();
        topic.walk(System.nanoTime() + MINUTE);
        assertThat(socket.channel().isOpen()).isTrue();
        publish("t", "y");
        channel.runPendingTasks();
        assertThat(socket.text()).containsOnlyOnce("data: y\n");
        stream.gone();
    }
}
