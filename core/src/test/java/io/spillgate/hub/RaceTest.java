package io.spillgate.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoop;
import io.spillgate.config.OverflowPolicy;
import io.spillgate.log.LogLimits;
import io.spillgate.log.Logs;
import io.spillgate.log.Publication;
import io.spillgate.log.Publication.Accepted;
import io.spillgate.log.Rules;
import io.spillgate.log.TestReader;
import io.spillgate.metrics.Metrics;
import io.spillgate.net.Loops;
import io.spillgate.net.Transport;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Publishers on their threads against streams that join, resume and leave on theirs: the race
/// itself, run many times.
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RaceTest {
    private static final int RACES = 150;
    private static final int PUBLISHERS = 3;
    private static final int EVENTS = 200;
    private static final long ALL = 1L << 40;
    private static final long ANY_TIME = Duration.ofHours(1).toNanos();

    private final Loops loops = new Loops(Transport.NIO, 2);
    private final ExecutorService publishers = Executors.newFixedThreadPool(PUBLISHERS);
    private final Metrics metrics = new Metrics(2);

    @AfterEach
    void stop() {
        publishers.shutdownNow();
        loops.close();
    }

    @Test
    void joinsAndResumesWithoutGapOrDuplicateWhilePublishingGoesOn() throws Exception {
        for (int race = 0; race < RACES; race++) {
            Logs logs = logs(Rules.DEFAULT.historySize(100_000));
            List<Shard> shards = shards(logs);
            List<Future<?>> publishing = publish(logs, "a", "b");
            List<Long> seen = new ArrayList<>();
            String lastId = "earliest";
            int total = PUBLISHERS * EVENTS;
            for (int turn = 0; seen.size() < total; turn++) {
                Shard shard = shards.get(turn % 2);
                Client client = join(shard, lastId, "a", "b");
                List<Long> got = on(shard.loop(), () -> leave(client));
                seen.addAll(got);
                lastId = seen.isEmpty() ? lastId : "stestepoch01-" + seen.getLast();
            }
            await(publishing);
            for (int i = 0; i < total; i++) {
                assertThat(seen.get(i)).as("race %d", race).isEqualTo(i + 1);
            }
        }
    }

    @Test
    void bringsEveryEventToEveryoneWhoStays() throws Exception {
        for (int race = 0; race < RACES; race++) {
            Logs logs = logs(Rules.DEFAULT);
            List<Shard> shards = shards(logs);
            List<Client> clients = new ArrayList<>();
            for (Shard shard : shards) {
                clients.add(join(shard, null, "a"));
                clients.add(join(shard, null, "b", "a"));
            }
            await(publish(logs, "a", "b"));
            for (Client client : clients) {
                List<Long> got = awaitLast(client, logs);
                assertThat(got).isSorted().doesNotHaveDuplicates();
                int due = client.topics.size() == 2 ? PUBLISHERS * EVENTS : count(logs, "a");
                assertThat(got).as("race %d", race).hasSizeGreaterThanOrEqualTo(due);
            }
            for (Client client : clients) {
                on(client.shard.loop(), () -> leave(client));
            }
        }
    }

    @Test
    void leavesNothingBehindWhenStreamsLeaveWhilePublishingGoesOn() throws Exception {
        for (int race = 0; race < RACES; race++) {
            Logs logs = logs(Rules.DEFAULT.historySize(0).queueSize(5));
            List<Shard> shards = shards(logs);
            List<Future<?>> publishing = publish(logs, "a", "b");
            for (int turn = 0; turn < 20; turn++) {
                Shard shard = shards.get(turn % 2);
                Client client = stalled(shard, "a", "b");
                on(shard.loop(), () -> leave(client));
            }
            await(publishing);
            for (Shard shard : shards) {
                on(shard.loop(), () -> giveBack(shard));
            }
            assertThat(logs.usedBytes()).as("race %d", race).isZero();
            assertThat(logs.topics()).as("race %d", race).isZero();
        }
    }

    @Test
    void letsEveryPublisherGoOnWhenAFullStreamLeaves() throws Exception {
        for (int race = 0; race < RACES; race++) {
            Rules rules = Rules.DEFAULT.policy(OverflowPolicy.BLOCK).queueSize(3);
            Logs logs = logs(rules);
            Shard shard = shards(logs).getFirst();
            Client client = stalled(shard, "a");
            List<Future<?>> publishing = publish(logs, "a");
            on(shard.loop(), () -> leave(client));
            await(publishing);
            assertThat(count(logs, "a")).as("race %d", race).isEqualTo(PUBLISHERS * EVENTS);
        }
    }

    @Test
    void refusesToBeTouchedOnAnotherThreadThanItsLoop() throws Exception {
        Logs logs = logs(Rules.DEFAULT);
        Shard shard = shards(logs).getFirst();
        Client client = join(shard, null, "a");
        logs.offer("a", Rules.event("hello"), 0, Rules::nobody);
        awaitLast(client, logs);
        Cursor queue = client.stream.merge().cursors()[0];
        assertThatThrownBy(shard::abort).isInstanceOf(AssertionError.class);
        assertThatThrownBy(client.stream::gone).isInstanceOf(AssertionError.class);
        assertThatThrownBy(queue.topic()::report).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> queue.advance(1)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> shard.left(client.stream, StreamEnd.CLIENT))
                .isInstanceOf(AssertionError.class);
    }

    private static Logs logs(Rules rules) {
        LogLimits limits = new LogLimits(Rules.MUCH, 100);
        return rules.logs(limits, System::nanoTime);
    }

    private List<Shard> shards(Logs logs) {
        List<Shard> shards = new ArrayList<>();
        StreamTimes times = new StreamTimes(0, ANY_TIME, ANY_TIME, 1_000_000);
        for (int i = 0; i < 2; i++) {
            EventLoop loop = loops.all().get(i);
            shards.add(
                    new Shard(
                            loop,
                            loops.meter(loop),
                            loops.wallClock(),
                            loops.faults(),
                            logs,
                            metrics.cells(i),
                            times,
                            new WatchedTopics(1000)));
        }
        return shards;
    }

    /// Starts all publishers at once; each waits for room when there is none.
    private List<Future<?>> publish(Logs logs, String... topics) {
        CountDownLatch ready = new CountDownLatch(PUBLISHERS);
        List<Future<?>> all = new ArrayList<>();
        for (int publisher = 0; publisher < PUBLISHERS; publisher++) {
            all.add(
                    publishers.submit(() -> {
                        ready.countDown();
                        ready.await();
                        for (int i = 0; i < EVENTS; i++) {
                            publishOne(logs, topics[i % topics.length]);
                        }
                        return true;
                    }));
        }
        return all;
    }

    private static void publishOne(Logs logs, String topic) throws Exception {
        CompletableFuture<Publication> outcome = new CompletableFuture<>();
        Publication publication = logs.offer(topic, Rules.event("x"), ANY_TIME, outcome::complete);
        if (publication instanceof Publication.Pending) {
            publication = outcome.get(20, TimeUnit.SECONDS);
        }
        assertThat(publication).isInstanceOf(Accepted.class);
    }

    private static Client join(Shard shard, @Nullable String lastId, String... topics)
            throws Exception {
        return open(shard, lastId, ALL, topics);
    }

    private static Client stalled(Shard shard, String... topics) throws Exception {
        return open(shard, null, 0, topics);
    }

    private static Client open(Shard shard, @Nullable String lastId, long room, String... topics)
            throws Exception {
        return on(
                shard.loop(),
                () -> {
                    Socket socket = new Socket();
                    socket.take(room);
                    List<String> names = List.of(topics);
                    Subscriber stream =
                            shard.open(
                                    socket.place(Transport.NIO),
                                    SseWire.BARE,
                                    names,
                                    shard.context().logs().join(shard.reader(), names, lastId),
                                    () -> {});
                    return new Client(shard, socket, stream, names);
                });
    }

    private static List<Long> leave(Client client) {
        client.stream.gone();
        return client.sequences();
    }

    private static List<Long> awaitLast(Client client, Logs logs) throws Exception {
        long last = last(logs, client.topics);
        List<Long> got = on(client.shard.loop(), client::sequences);
        while (got.isEmpty() || got.getLast() < last) {
            got = on(client.shard.loop(), client::sequences);
        }
        return got;
    }

    private static long last(Logs logs, List<String> topics) {
        long last = 0;
        for (String topic : topics) {
            TestReader reader = TestReader.of(logs, topic);
            last = Math.max(last, reader.log().entry(reader.head() - 1).sequence());
            reader.end();
        }
        return last;
    }

    private static int count(Logs logs, String topic) {
        TestReader reader = TestReader.of(logs, topic);
        long count = reader.head();
        reader.end();
        return (int) count;
    }

    private static void await(List<Future<?>> all) throws Exception {
        for (Future<?> one : all) {
            one.get(30, TimeUnit.SECONDS);
        }
    }

    private static boolean giveBack(Shard shard) {
        shard.topics().hearNews();
        return true;
    }

    private static <T> T on(EventLoop loop, Callable<T> task)
            throws InterruptedException, ExecutionException {
        return loop.submit(task).get();
    }

    /// A stream, and what its socket took.
    private record Client(Shard shard, Socket socket, Subscriber stream, List<String> topics) {
        List<Long> sequences() {
            return socket.text()
                    .lines()
                    .filter(line -> line.startsWith("id: "))
                    .map(line -> Long.valueOf(line.substring(line.indexOf('-') + 1)))
                    .skip(anchors())
                    .toList();
        }

        /// An id that stands in the opening belongs to no event.
        private long anchors() {
            String text = socket.text();
            int opening = text.indexOf("\n\n", text.indexOf("retry: "));
            return opening < 0 || !text.substring(0, opening).contains("\nid: ") ? 0 : 1;
        }
    }
}
