package io.spillgate.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.config.OverflowPolicy;
import io.spillgate.log.LogLimits;
import io.spillgate.log.Logs;
import io.spillgate.log.Publication;
import io.spillgate.log.ResumePoint;
import io.spillgate.log.Rules;
import io.spillgate.metrics.Metrics;
import io.spillgate.net.LoopMeter;
import io.spillgate.net.Transport;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/// One stream, byte by byte, on a socket that takes what the test lets it take.
final class SubscriberTest {
    private static final long ALL = 1L << 30;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long KEEPALIVE = 16 * SECOND;
    private static final long TIMEOUT = 300 * SECOND;
    private static final long STALL = 5 * SECOND;
    private static final String E = "stestepoch01-";

    private final Metrics metrics = new Metrics(1);
    private int began;
    private final Socket socket = new Socket();

    @ParameterizedTest
    @EnumSource(Transport.class)
    void writesTheOpeningAndThenEveryEventInItsOrder(Transport transport) {
        Stage stage = new Stage(Rules.DEFAULT, transport, "a", "b");
        socket.take(ALL);
        Subscriber stream = stage.join(null);
        stage.publish("a", "1");
        stage.publish("b", "2");
        stage.publish("b", "3");
        stage.publish("a", "4");
        stage.offer(stream);
        assertThat(socket.text())
                .isEqualTo(
                        """
                        :ok

                        retry: 1
                        id: stestepoch01-0

                        data: 1
                        id: stestepoch01-1

                        data: 2
                        id: stestepoch01-2

                        data: 3
                        id: stestepoch01-3

                        data: 4
                        id: stestepoch01-4

                        """);
    }

    @Test
    void writesTheSameBytesThroughASocketThatTakesOneAtATime() {
        Stage stage = new Stage(Rules.DEFAULT.queueSize(3), Transport.NIO, "t");
        Subscriber stream = stage.join(null);
        for (int i = 1; i <= 5; i++) {
            stage.publish("t", String.valueOf(i));
            stage.offer(stream);
        }
        for (int i = 0; i < 1000; i++) {
            socket.take(1);
        }
        assertThat(socket.text())
                .endsWith(
                        """
                        id: stestepoch01-0

                        data: 1
                        id: stestepoch01-1

                        data: 2
                        id: stestepoch01-2

                        data: 3
                        id: stestepoch01-3

                        """);
        stage.publish("t", "6");
        stage.offer(stream);
        assertThat(socket.text())
                .endsWith(
                        """
                        data: 3
                        id: stestepoch01-3

                        event: stream-gap
                        data: {"reason":"overflow","dropped":2,"after":"stestepoch01-3","next":"stestepoch01-6"}

                        data: 6
                        id: stestepoch01-6

                        """);
    }

    @Test
    void doesNotFillASocketWhoseWritesCompleteLater() {
        Stage stage = new Stage(Rules.DEFAULT.queueSize(3), Transport.IO_URING, "t");
        Subscriber stream = stage.join(null);
        for (int i = 1; i <= 5; i++) {
            stage.publish("t", String.valueOf(i));
            stage.offer(stream);
        }
        for (int i = 0; i < 1000; i++) {
            socket.take(1);
        }
        assertThat(data()).containsExactly("1", "2", "3");
        stage.publish("t", "6");
        stage.offer(stream);
        assertThat(data()).containsExactly("1", "2", "3", "2 dropped", "6");
    }

    @Test
    void tellsOfDroppedEventsBeforeAnyLaterEventOfAnotherTopic() {
        Stage stage =
                new Stage(
                        Rules.DEFAULT.topic("a", OverflowPolicy.DROP_NEWEST, 1, 10),
                        Transport.NIO,
                        "a",
                        "b");
        Subscriber stream = stage.join(null);
        stage.publish("a", "1");
        stage.offer(stream);
        stage.publish("a", "lost");
        stage.publish("b", "3");
        stage.offer(stream);
        socket.take(ALL);
        String text = socket.text();
        assertThat(text).contains("\"dropped\":1").doesNotContain("lost");
        assertThat(text.indexOf("\"dropped\":1"))
                .isBetween(text.indexOf("data: 1\n"), text.indexOf("data: 3\n"));
    }

    @Test
    void tellsOfDroppedEventsWhenNothingFollows() {
        Stage stage = new Stage(Rules.DEFAULT.queueSize(1), Transport.NIO, "t");
        Subscriber stream = stage.join(null);
        stage.publish("t", "1");
        stage.offer(stream);
        stage.publish("t", "lost");
        stage.offer(stream);
        socket.take(ALL);
        assertThat(socket.text()).endsWith("data: 1\nid: stestepoch01-1\n\n");
        stream.visit(System.nanoTime());
        assertThat(socket.text())
                .endsWith("\"dropped\":1,\"after\":\"" + E + "1\",\"next\":null}\n\n");
    }

    @Test
    void dropsTheOldestOfAllTopicsTogether() {
        Rules rules = Rules.DEFAULT.policy(OverflowPolicy.DROP_OLDEST).queueSize(4);
        Stage stage = new Stage(rules, Transport.NIO, "a", "b");
        Subscriber stream = stage.join(null);
        for (int i = 0; i < 4; i++) {
            stage.publish("a", "a" + i);
            stage.offer(stream);
        }
        for (int i = 0; i < 3; i++) {
            stage.publish("b", "b" + i);
            stage.offer(stream);
        }
        assertThat(stream.merge().waiting()).isEqualTo(4);
        socket.take(ALL);
        assertThat(data()).containsExactly("3 dropped", "a3", "b0", "b1", "b2");
    }

    @Test
    void anEventOfARunThatIsTakenInPartIsHeldAndCounted() {
        Stage stage = new Stage(Rules.DEFAULT.historySize(0), Transport.NIO, "t");
        socket.take(10_000);
        Subscriber stream = stage.join(null);
        stage.publish("t", "x".repeat(20_000));
        stage.offer(stream);
        assertThat(stage.logs.usedBytes()).isGreaterThan(20_000);
        socket.take(ALL);
        assertThat(data()).containsExactly("x".repeat(20_000));
        assertThat(stage.logs.usedBytes()).isZero();
    }

    @Test
    void endsAnIdleStreamBetweenEventsWithTheFinalChunk() {
        Stage stage = new Stage(Rules.DEFAULT, Transport.NIO, "t");
        stage.wire = SseWire.CHUNKED;
        socket.take(ALL);
        Subscriber stream = stage.join(null);
        stream.visit(System.nanoTime() + TIMEOUT - SECOND);
        assertThat(socket.text()).doesNotEndWith("\r\n0\r\n\r\n");
        stream.visit(System.nanoTime() + 2 * TIMEOUT);
        socket.channel().runPendingTasks();
        assertThat(socket.text()).endsWith("\r\n0\r\n\r\n");
        assertThat(socket.channel().isOpen()).isFalse();
        assertThat(ended(StreamEnd.TIMEOUT)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void endsAnIdleStreamWithoutChunksByClosing(Transport transport) {
        Stage stage = new Stage(Rules.DEFAULT, transport, "t");
        socket.take(ALL);
        Subscriber stream = stage.join(null);
        stage.publish("t", "1");
        stage.offer(stream);
        String before = socket.text();
        stream.visit(System.nanoTime() + 2 * TIMEOUT);
        socket.channel().runPendingTasks();
        stream.gone();
        assertThat(socket.text()).isEqualTo(before);
        assertThat(socket.channel().isOpen()).isFalse();
        assertThat(ended(StreamEnd.TIMEOUT)).isEqualTo(1);
    }

    @Test
    void closesAStreamWhoseSocketIsStuckInTheMiddle() {
        Stage stage = new Stage(Rules.DEFAULT, Transport.NIO, "t");
        Subscriber stream = stage.join(null);
        socket.take(3);
        stream.visit(System.nanoTime() + TIMEOUT - SECOND);
        assertThat(socket.channel().isOpen()).isTrue();
        stream.visit(System.nanoTime() + 2 * TIMEOUT);
        assertThat(socket.channel().isOpen()).isFalse();
        assertThat(socket.text()).isEqualTo(":ok");
    }

    @Test
    void sendsNoCommentWhileEventsWait() {
        Stage stage = new Stage(Rules.DEFAULT, Transport.NIO, "t");
        Subscriber stream = stage.join(null);
        stage.publish("t", "1");
        stage.offer(stream);
        stream.visit(System.nanoTime() + KEEPALIVE);
        socket.take(ALL);
        assertThat(data()).containsExactly("1");
        assertThat(socket.text()).doesNotContain("keepalive");
    }

    @Test
    void endsBetweenEventsAndLeavesWhatWaitsToAResume() {
        Stage stage = new Stage(Rules.DEFAULT, Transport.NIO, "t");
        socket.take(200);
        Subscriber stream = stage.join(null);
        stage.publish("t", "x".repeat(500));
        stage.publish("t", "waits");
        stage.offer(stream);
        stream.end(new Notice.Shutdown(5), StreamEnd.SHUTDOWN);
        socket.take(ALL);
        assertThat(data()).containsExactly("x".repeat(500), "{\"reconnect\":true}");
        assertThat(stage.logs.usedBytes()).isPositive();
        assertThat(ended(StreamEnd.SHUTDOWN)).isEqualTo(1);
    }

    @Test
    void writesAnEventThatIsLargerThanAnyRun() {
        Stage stage = new Stage(Rules.DEFAULT, Transport.NIO, "t");
        Subscriber stream = stage.join(null);
        stage.publish("t", "first");
        stage.publish("t", "x".repeat(600_000));
        stage.publish("t", "last");
        stage.offer(stream);
        for (int i = 0; i < 100; i++) {
            socket.take(9973);
        }
        assertThat(data()).containsExactly("first", "x".repeat(600_000), "last");
    }

    private long ended(StreamEnd reason) {
        String text = new String(metrics.scrape(null), StandardCharsets.UTF_8);
        String name = "spillgate_sse_disconnects_total{reason=\"";
        name += reason.name().toLowerCase(java.util.Locale.ROOT) + "\"} ";
        int at = text.indexOf(name) + name.length();
        return (long) Double.parseDouble(text.substring(at, text.indexOf('\n', at)));
    }

    @Test
    void hasBegunWhenTheHeadIsWrittenAndNothingIsToBeReplayed() {
        Stage stage = new Stage(Rules.DEFAULT, Transport.NIO, "t");
        Subscriber stream = stage.join(null);
        socket.take(3);
        assertThat(began).isZero();
        socket.take(1000);
        assertThat(began).isOne();
        stage.publish("t", "1");
        stage.offer(stream);
        stream.gone();
        assertThat(began).isOne();
    }

    @Test
    void hasBegunWhenTheLastByteOfTheReplayIsWritten() {
        Stage stage = new Stage(Rules.DEFAULT, Transport.NIO, "t");
        stage.publish("t", "1");
        stage.publish("t", "2");
        Subscriber stream = stage.join("earliest");
        while (!socket.text().endsWith("id: stestepoch01-2\n")) {
            socket.take(1);
            assertThat(began).isZero();
        }
        stage.publish("t", "3");
        stage.offer(stream);
        socket.take(1);
        assertThat(began).isOne();
    }

    @Test
    void hasBegunAlsoWhenItsClientLeavesBeforeThat() {
        Stage stage = new Stage(Rules.DEFAULT, Transport.NIO, "t");
        Subscriber stream = stage.join(null);
        assertThat(began).isZero();
        stream.gone();
        assertThat(began).isOne();
    }

    /// The data of all events, notices as the number of dropped events.
    private List<String> data() {
        return socket.text()
                .lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring("data: ".length()))
                .map(data ->
                        data.startsWith("{\"reason\":\"overflow\",\"dropped\":")
                                ? data.replaceAll("[^:]*:[^:]*:([0-9]+),.*", "$1 dropped")
                                : data)
                .toList();
    }

    /// A shard with one stream of some topics, whose walks the test makes itself.
    private final class Stage {
        private final Logs logs;
        private final Shard shard;
        private final List<String> topics;
        private final Transport transport;
        private Wire wire = SseWire.BARE;

        Stage(Rules rules, Transport transport, String... topics) {
            logs = rules.logs(new LogLimits(Rules.MUCH, 100), System::nanoTime);
            shard =
                    new Shard(
                            socket.channel().eventLoop(),
                            new LoopMeter(System::nanoTime),
                            Rules.clock(System::nanoTime),
                            Socket.FAULTS,
                            logs,
                            metrics.cells(0),
                            new StreamTimes(KEEPALIVE, TIMEOUT, STALL, 1),
                            new WatchedTopics(1000));
            this.transport = transport;
            this.topics = List.of(topics);
        }

        Subscriber join(@Nullable String lastEventId) {
            ResumePoint point = logs.join(shard.reader(), topics, lastEventId);
            return shard.open(socket.place(transport), wire, topics, point, () -> began++);
        }

        void publish(String topic, String data) {
            assertThat(logs.offer(topic, Rules.event(data), 0, Rules::nobody))
                    .isInstanceOf(Publication.Accepted.class);
        }

        void offer(Subscriber stream) {
            shard.topics().hearNews();
            assertThat(Walks.walk(shard, stream, System.nanoTime() + TIMEOUT)).isTrue();
        }
    }
}
