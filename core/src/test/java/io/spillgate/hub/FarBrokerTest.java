package io.spillgate.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.spillgate.config.OverflowPolicy;
import io.spillgate.hub.FarBroker.Ordered;
import io.spillgate.log.LogLimits;
import io.spillgate.log.Publication;
import io.spillgate.log.ResumePoint;
import io.spillgate.log.Rules;
import io.spillgate.metrics.Metrics;
import io.spillgate.net.LoopMeter;
import io.spillgate.sse.Event;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Streams of several topics fed by a broker that is far away and not to be relied on: what a
/// client does not have it was told of, here or when it came back, and its last id never hides a
/// loss.
final class FarBrokerTest {
    private static final int SEQUENCES = 300;
    private static final int STEPS = 200;
    private static final List<String> TOPICS = List.of("a", "b", "c");
    private static final long ANY_TIME = Duration.ofHours(1).toNanos();
    private static final Pattern LINE =
            Pattern.compile("data: .*\nid: far/(\\d+)\\S*\n|\"overflow\",\"dropped\":(\\d+)");
    private static final String GAP = "\"reason\":\"evicted\"";

    @ParameterizedTest
    @CsvSource({
        "DROP_NEWEST, PULL, true",
        "DROP_NEWEST, PUSH, true",
        "DROP_OLDEST, PULL, true",
        "DROP_OLDEST, PUSH, true",
        "BLOCK, PULL, true",
        "BLOCK, PUSH, true",
        "DROP_NEWEST, PULL, false",
        "DROP_NEWEST, CREDIT, true",
        "DROP_OLDEST, CREDIT, true",
        "BLOCK, CREDIT, true"
    })
    void hidesNoLoss(OverflowPolicy policy, Way way, boolean loses) {
        Tally tally = new Tally();
        for (int seed = 0; seed < SEQUENCES; seed++) {
            new World(policy, way, new Random(seed), loses, tally).run(seed);
        }
        assertThat(tally.received).isPositive();
        assertThat(tally.resumed).isPositive();
        assertThat(tally.waitedToJoin).isPositive();
        assertThat(tally.unconfirmed).isPositive();
        assertThat(tally.ended > 0).isEqualTo(loses);
        assertThat(tally.gaps).isPositive();
    }

    /// What happened over all sequences: none of it may be missing.
    private static final class Tally {
        long received;
        long resumed;
        long waitedToJoin;
        long unconfirmed;
        long ended;
        long gaps;
    }

    /// One node with one client that comes back.
    private static final class World {
        private final Way way;
        private final Random random;
        private final boolean loses;
        private final Tally tally;
        private final FarBroker broker;
        private final Shard shard;
        private Way.Client client;
        private @Nullable Subscriber stream;
        private @Nullable String lastId;
        private long joinedAt;
        private boolean asked;
        private int published;
        private int settled;
        private long nowNanos;

        World(OverflowPolicy policy, Way way, Random random, boolean loses, Tally tally) {
            this.way = way;
            this.random = random;
            client = way.open();
            this.loses = loses;
            this.tally = tally;
            Rules rules =
                    Rules.DEFAULT
                            .policy(policy)
                            .queueSize(2 + random.nextInt(6))
                            .historySize(random.nextInt(6));
            boolean small = loses && random.nextBoolean();
            LogLimits limits = new LogLimits(small ? 2000 + random.nextInt(3000) : Rules.MUCH, 10);
            broker = new FarBroker(rules, limits, () -> nowNanos, random);
            for (int i = random.nextInt(4); i > 0; i--) {
                broker.publishElsewhere(topic(), event(null));
            }
            lastId = broker.startsNow();
            shard =
                    new Shard(
                            new EmbeddedChannel().eventLoop(),
                            new LoopMeter(System::nanoTime),
                            Rules.clock(() -> nowNanos),
                            Socket.FAULTS,
                            broker.logs(),
                            new Metrics(1).cells(0),
                            new StreamTimes(0, ANY_TIME, ANY_TIME, 1_000_000),
                            new WatchedTopics(TOPICS.size()));
        }

        void run(int seed) {
            for (int step = 0; step < STEPS; step++) {
                String when = "seed " + seed + ", step " + step;
                switch (random.nextInt(8)) {
                    case 0, 1 -> publish();
                    case 2 -> broker.publishElsewhere(topic(), event(null));
                    case 3 -> client.take(random.nextInt(200));
                    case 4 -> {
                        if (random.nextBoolean()) {
                            walk();
                        } else {
                            walkOne();
                        }
                    }
                    case 5 -> comeAndGo(when);
                    default -> broker.step(loses);
                }
                check(when);
            }
            finish("seed " + seed);
        }

        private void publish() {
            published++;
            String id = random.nextInt(3) == 0 ? "order-" + random.nextInt(20) : null;
            Publication publication = broker.publish(topic(), event(id), ANY_TIME, this::settled);
            assertThat(publication).isEqualTo(Publication.PENDING);
        }

        private void settled(Publication outcome) {
            settled++;
            tally.unconfirmed += outcome instanceof Publication.Unconfirmed ? 1 : 0;
        }

        private String topic() {
            return TOPICS.get(random.nextInt(TOPICS.size()));
        }

        private Event event(@Nullable String id) {
            return Rules.event("x".repeat(random.nextInt(60)), id);
        }

        private void comeAndGo(String when) {
            if (stream == null) {
                join();
            } else if (random.nextInt(4) == 0) {
                leave(when);
            }
        }

        private void join() {
            if (asked) {
                return;
            }
            ResumePoint point = broker.join(shard.reader(), TOPICS, lastId, this::ready);
            if (point == null) {
                asked = true;
                tally.waitedToJoin++;
                return;
            }
            tally.resumed += lastId == null ? 0 : 1;
            joinedAt = broker.lastDelivered();
            client = way.open();
            stream = shard.open(client.place(), SseWire.BARE, TOPICS, point, () -> {});
        }

        private void ready() {
            asked = false;
            join();
        }

        /// The client has got what its socket took; it may have been cut by the hub before.
        private void leave(String when) {
            List<Long> got = check(when);
            tally.received += got.size();
            tally.gaps += client.text().contains(GAP) ? 1 : 0;
            if (stream != null) {
                stream.gone();
            }
            shard.topics().hearNews();
            stream = null;
            Matcher id = Pattern.compile("(?m)^id: (\\S+)$").matcher(whole(client.text()));
            while (id.find()) {
                lastId = id.group(1);
            }
            client.cut();
            client = way.open();
        }

        private void walk() {
            shard.topics().hearNews();
            if (stream != null) {
                Walks.walk(shard, stream, System.nanoTime() + ANY_TIME);
            }
            noteEnd();
        }

        /// One topic has its turn before anybody has heard the news.
        private void walkOne() {
            if (stream != null && stream.merge().cursors().length > 0) {
                Cursor[] queues = stream.merge().cursors();
                Topic topic = queues[random.nextInt(queues.length)].topic();
                TopicShard active = shard.topics().active(topic.watch());
                if (active != null) {
                    active.walk(System.nanoTime() + ANY_TIME);
                }
            }
            noteEnd();
        }

        private void noteEnd() {
            if (!client.isOpen()) {
                tally.ended++;
                leave("cut");
            }
        }

        /// Everything arrives, the client takes all there is, comes back for the rest if it has to,
        /// and leaves.
        private void finish(String when) {
            broker.settle();
            assertThat(settled).as(when).isEqualTo(published);
            for (int i = 0; i < 4; i++) {
                client.take(1L << 30);
                walk();
                if (stream == null) {
                    broker.settle();
                    join();
                }
            }
            for (int i = 0; i < TOPICS.size(); i++) {
                Objects.requireNonNull(stream, when).visit(System.nanoTime());
            }
            List<Long> got = check(when);
            long missing = due(Long.MAX_VALUE).size() - (long) above(got, floor()).size();
            assertThat(missing).as(when).isLessThanOrEqualTo(told());
            assertThat(missing == told() || client.text().contains(GAP)).as(when).isTrue();
            leave(when);
            nowNanos += ANY_TIME;
            broker.logs().expire();
            assertThat(broker.logs().usedBytes()).as(when).isZero();
            assertThat(broker.logs().topics()).as(when).isZero();
        }

        /// Compares what came over this connection with what was ordered.
        private List<Long> check(String when) {
            List<Long> got = new ArrayList<>();
            Matcher line = LINE.matcher(whole(client.text()));
            while (line.find()) {
                if (line.group(1) != null) {
                    got.add(Long.valueOf(line.group(1)));
                }
            }
            long before = lastId == null ? 0 : FarBroker.sequenceOf(lastId);
            assertThat(got).as(when).allMatch(sequence -> sequence > before).isSorted();
            assertThat(got).as(when).doesNotHaveDuplicates();
            long last = got.isEmpty() ? 0 : got.getLast();
            long missing = due(last).size() - (long) above(got, floor()).size();
            assertThat(missing).as(when).isLessThanOrEqualTo(told());
            return got;
        }

        /// The events after the floor, up to a place in the order.
        private List<Ordered> due(long last) {
            long floor = floor();
            return broker.order().stream()
                    .filter(event -> event.sequence() > floor && event.sequence() <= last)
                    .toList();
        }

        private static List<Long> above(List<Long> got, long floor) {
            return got.stream().filter(sequence -> sequence > floor).toList();
        }

        /// The place after which the client is due everything: of a gap it was told at the begin.
        private long floor() {
            boolean gap = client.text().contains(GAP);
            return gap || lastId == null ? joinedAt : FarBroker.sequenceOf(lastId);
        }

        private long told() {
            long told = 0;
            Matcher line = LINE.matcher(whole(client.text()));
            while (line.find()) {
                told += line.group(2) == null ? 0 : Long.parseLong(line.group(2));
            }
            return told;
        }

        /// Up to the last message that is whole: only those count for a client.
        private static String whole(String text) {
            int end = text.lastIndexOf("\n\n");
            return end < 0 ? "" : text.substring(0, end + 2);
        }
    }
}
