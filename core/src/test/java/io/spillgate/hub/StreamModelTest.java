package io.spillgate.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.spillgate.config.OverflowPolicy;
import io.spillgate.log.LogLimits;
import io.spillgate.log.Logs;
import io.spillgate.log.Publication.Accepted;
import io.spillgate.log.Rules;
import io.spillgate.metrics.Metrics;
import io.spillgate.net.LoopMeter;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Whole streams of several topics over sockets that take what they like and break when they like:
/// what a client does not have it was told of, and its last id never hides a loss.
final class StreamModelTest {
    private static final int SEQUENCES = 300;
    private static final int STEPS = 150;
    private static final List<String> TOPICS = List.of("a", "b", "c");
    private static final long ANY_TIME = Duration.ofHours(1).toNanos();
    private static final Pattern LINE =
            Pattern.compile("data: .*\nid: \\w+-(\\d+)\n|\"overflow\",\"dropped\":(\\d+)");

    @ParameterizedTest
    @CsvSource({
        "DROP_NEWEST, CREDIT",
        "DROP_NEWEST, PULL",
        "DROP_NEWEST, PUSH",
        "DROP_OLDEST, CREDIT",
        "DROP_OLDEST, PULL",
        "DROP_OLDEST, PUSH",
        "BLOCK, CREDIT",
        "BLOCK, PULL",
        "BLOCK, PUSH"
    })
    void hidesNoLoss(OverflowPolicy policy, Way way) {
        Metrics metrics = new Metrics(1);
        long told = 0;
        for (int seed = 0; seed < SEQUENCES; seed++) {
            World world = new World(policy, way, new Random(seed), metrics);
            world.run(seed);
            told += world.told;
        }
        String text = new String(metrics.scrape(null), StandardCharsets.UTF_8);
        assertThat(told > 0 || policy == OverflowPolicy.BLOCK).isTrue();
        assertThat(text)
                .containsPattern(
                        "messages_dropped_total\\{policy=\"(?i:"
                                + policy
                                + ")\"\\} "
                                + told
                                + "\\D");
    }

    /// One gateway's hub with one client that comes back.
    private static final class World {
        private final Way way;
        private final Random random;
        private final Logs logs;
        private final Shard shard;
        private final NavigableSet<Long> published = new TreeSet<>();
        private Way.Client client;
        private Subscriber stream;
        private @Nullable String lastId;
        private long lastSequence;
        private long told;
        private long nowNanos;

        World(OverflowPolicy policy, Way way, Random random, Metrics metrics) {
            this.way = way;
            this.random = random;
            client = way.open();
            Rules rules =
                    Rules.DEFAULT
                            .policy(policy)
                            .queueSize(2 + random.nextInt(6))
                            .historySize(random.nextInt(4));
            long memory = random.nextBoolean() ? Rules.MUCH : 1000 + random.nextInt(3000);
            LogLimits limits = new LogLimits(memory, 10);
            logs = rules.logs(limits, () -> nowNanos);
            StreamTimes times = new StreamTimes(0, ANY_TIME, ANY_TIME, 1_000_000);
            shard =
                    new Shard(
                            new EmbeddedChannel().eventLoop(),
                            new LoopMeter(System::nanoTime),
                            Rules.clock(System::nanoTime),
                            Socket.FAULTS,
                            logs,
                            metrics.cells(0),
                            times,
                            new WatchedTopics(TOPICS.size()));
            stream = join();
        }

        void run(int seed) {
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(6)) {
                    case 0, 1, 2 -> publish();
                    case 3 -> client.take(random.nextInt(200));
                    case 4 -> walk();
                    default -> {
                        if (random.nextInt(5) == 0) {
                            drain();
                            settle("seed " + seed, true);
                            leave();
                            stream = join();
                        }
                    }
                }
                settle("seed " + seed + ", step " + step, false);
            }
            drain();
            settle("seed " + seed, true);
            leave();
            nowNanos += ANY_TIME;
            logs.expire();
            assertThat(logs.usedBytes()).as("seed %d", seed).isZero();
            assertThat(logs.topics()).as("seed %d", seed).isZero();
        }

        private void publish() {
            String topic = TOPICS.get(random.nextInt(TOPICS.size()));
            String data = "x".repeat(random.nextInt(60));
            if (logs.offer(topic, Rules.event(data), 0, Rules::nobody)
                    instanceof Accepted accepted) {
                published.add(sequence(accepted.id()));
            }
        }

        private void walk() {
            shard.topics().hearNews();
            Walks.walk(shard, stream, System.nanoTime() + ANY_TIME);
        }

        /// Takes all there is, and has the rest told.
        private void drain() {
            walk();
            client.take(1L << 30);
            for (int i = 0; i < TOPICS.size(); i++) {
                stream.visit(System.nanoTime());
            }
            walk();
        }

        /// Compares what came over this connection with what was published.
        private void settle(String when, boolean complete) {
            Matcher line = LINE.matcher(client.text());
            NavigableSet<Long> got = new TreeSet<>();
            long toldHere = 0;
            while (line.find()) {
                if (line.group(1) != null) {
                    long sequence = Long.parseLong(line.group(1));
                    assertThat(sequence).as(when).isGreaterThan(lastSequence);
                    assertThat(got.isEmpty() || sequence > got.last()).as(when).isTrue();
                    got.add(sequence);
                } else {
                    toldHere += Long.parseLong(line.group(2));
                }
            }
            long last = got.isEmpty() ? lastSequence : got.last();
            long due = published.subSet(lastSequence, false, last, true).size();
            assertThat(due - got.size()).as(when).isLessThanOrEqualTo(toldHere);
            if (complete) {
                long all = published.tailSet(lastSequence, false).size();
                assertThat(all - got.size()).as(when).isEqualTo(toldHere);
                told += toldHere;
                lastSequence = published.isEmpty() ? 0 : published.last();
                lastId = "stestepoch01-" + lastSequence;
            }
        }

        private void leave() {
            stream.gone();
            shard.topics().hearNews();
            client = way.open();
        }

        private Subscriber join() {
            return shard.open(
                    client.place(),
                    SseWire.BARE,
                    TOPICS,
                    logs.join(shard.reader(), TOPICS, lastId),
                    () -> {});
        }

        private static long sequence(String id) {
            return Long.parseLong(id.substring(id.indexOf('-') + 1));
        }
    }
}
