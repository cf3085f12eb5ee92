package io.spillgate.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.spillgate.config.OverflowPolicy;
import io.spillgate.log.LogLimits;
import io.spillgate.log.Logs;
import io.spillgate.log.Publication;
import io.spillgate.log.ResumePoint;
import io.spillgate.log.Rules;
import io.spillgate.log.TestReader;
import io.spillgate.metrics.Metrics;
import io.spillgate.net.LoopMeter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Queues that are places in a log, compared with queues that are lists, over random sequences of
/// what can happen to them.
final class CursorModelTest {
    private static final int SEQUENCES = 1000;
    private static final int STEPS = 60;
    private static final long ANY_TIME = Duration.ofHours(1).toNanos();
    private static final StreamTimes TIMES = new StreamTimes(0, ANY_TIME, ANY_TIME, 1_000_000);

    @ParameterizedTest
    @EnumSource(OverflowPolicy.class)
    void behavesLikeAListOfEvents(OverflowPolicy policy) {
        compareWithLists(policy, false);
    }

    @ParameterizedTest
    @EnumSource(OverflowPolicy.class)
    void behavesLikeAListOfEventsThatIsHalvedWhenMemoryIsShort(OverflowPolicy policy) {
        compareWithLists(policy, true);
    }

    @Test
    void accountsForEveryEventWhenSettingsChangeAndMemoryIsShort() {
        for (int seed = 0; seed < SEQUENCES; seed++) {
            Random random = new Random(seed);
            World world = new World(Rules.DEFAULT.queueSize(4).historySize(10), random);
            world.exact = false;
            world.changing = true;
            world.squeezing = true;
            world.run(seed);
            world.end(seed);
        }
    }

    @ParameterizedTest
    @EnumSource(OverflowPolicy.class)
    void accountsForEveryEventWithFewBytes(OverflowPolicy policy) {
        for (int seed = 0; seed < SEQUENCES; seed++) {
            Random random = new Random(seed);
            Rules rules =
                    Rules.DEFAULT
                            .policy(policy)
                            .queueSize(1 + random.nextInt(8))
                            .queueBytes(random.nextInt(400))
                            .historySize(random.nextInt(20));
            World world = new World(rules, random);
            world.exact = false;
            world.run(seed);
            world.end(seed);
        }
    }

    @Test
    void accountsForEveryEventWhenSettingsChange() {
        for (int seed = 0; seed < SEQUENCES; seed++) {
            Random random = new Random(seed);
            World world = new World(Rules.DEFAULT.queueSize(4).historySize(10), random);
            world.exact = false;
            world.changing = true;
            world.run(seed);
            world.end(seed);
        }
    }

    private static void compareWithLists(OverflowPolicy policy, boolean squeezing) {
        for (int seed = 0; seed < SEQUENCES; seed++) {
            Random random = new Random(seed);
            Rules rules =
                    Rules.DEFAULT
                            .policy(policy)
                            .queueSize(1 + random.nextInt(8))
                            .historySize(random.nextInt(20));
            World world = new World(rules, random);
            world.squeezing = squeezing;
            world.run(seed);
            world.end(seed);
        }
    }

    /// A topic with subscribers, and what a list would hold for each of them.
    private static final class World {
        private final Random random;
        private final Logs logs;
        private final TestReader reader;
        private final TopicShard subscribers;
        private final Topic topic;
        private final List<Client> clients = new ArrayList<>();
        private Rules rules;
        private long nowNanos;
        private long head;
        private long offered;
        private boolean exact = true;
        private boolean changing;
        private boolean squeezing;

        World(Rules rules, Random random) {
            this.rules = rules;
            this.random = random;
            LogLimits limits = new LogLimits(Rules.MUCH, 10);
            logs = rules.logs(limits, () -> nowNanos);
            Shard shard =
                    new Shard(
                            new EmbeddedChannel().eventLoop(),
                            new LoopMeter(System::nanoTime),
                            Rules.clock(System::nanoTime),
                            Socket.FAULTS,
                            logs,
                            new Metrics(1).cells(0),
                            TIMES,
                            new WatchedTopics(1000));
            reader = TestReader.of(logs, "t");
            publish(1);
            shard.topics().hearNews();
            subscribers = new TopicShard(shard.context(), reader.watch(), shard);
            topic = subscribers.topic();
            offer();
        }

        void run(int seed) {
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(changing || squeezing ? 9 : 8)) {
                    case 0, 1 -> publish(1 + random.nextInt(6));
                    case 2 -> join();
                    case 3 -> leave();
                    case 4, 5 -> offer();
                    case 8 -> {
                        if (changing) {
                            change();
                        }
                        if (squeezing) {
                            clients.forEach(Client::squeeze);
                        }
                    }
                    default -> take();
                }
                for (Client client : clients) {
                    client.check("seed " + seed + ", step " + step);
                }
            }
        }

        /// Everyone takes what is left; then nobody is there, and nothing may be held.
        void end(int seed) {
            offer();
            for (Client client : List.copyOf(clients)) {
                while (client.queue.hasWaiting()) {
                    client.take(1 + random.nextInt(3));
                    client.check("seed " + seed + ", end");
                }
                client.tell();
                assertThat(client.got + client.told).as("seed %d", seed).isEqualTo(client.due());
                assertThat(client.told).as("seed %d", seed).isEqualTo(client.dropped);
            }
            while (!clients.isEmpty()) {
                leave();
            }
            reader.end();
            nowNanos += Duration.ofHours(1).toNanos();
            logs.expire();
            assertThat(logs.usedBytes()).as("seed %d", seed).isZero();
            assertThat(logs.topics()).as("seed %d", seed).isZero();
        }

        private void publish(int events) {
            for (int count = events; count > 0; count--) {
                boolean room =
                        head - offered < rules.queueSize()
                                && (rules.policy() != OverflowPolicy.BLOCK
                                        || clients.stream().allMatch(Client::hasRoom));
                String data = "x".repeat(random.nextInt(40));
                Publication publication = logs.offer("t", Rules.event(data), 0, Rules::nobody);
                if (exact) {
                    assertThat(publication instanceof Publication.Accepted).isEqualTo(room);
                }
                if (publication instanceof Publication.Accepted) {
                    head++;
                }
            }
        }

        private void join() {
            String from = random.nextBoolean() ? "earliest" : null;
            ResumePoint point = reader.join(from);
            assertThat(point.head(0)).isEqualTo(head);
            Client client = new Client(point.from(0), head);
            topic.noteLag(client.queue);
            clients.add(client);
        }

        private void leave() {
            if (!clients.isEmpty()) {
                clients.remove(random.nextInt(clients.size())).queue.close();
                topic.report();
            }
        }

        private void offer() {
            logs.look(topic.watch());
            for (Client client : clients) {
                client.offer();
            }
            subscribers.walk(System.nanoTime() + ANY_TIME);
            assertThat(topic.offeredTo()).isEqualTo(head);
            offered = head;
        }

        private void take() {
            if (!clients.isEmpty()) {
                clients.get(random.nextInt(clients.size())).take(1 + random.nextInt(6));
            }
            if (random.nextBoolean() || exact) {
                topic.report();
            }
        }

        private void change() {
            OverflowPolicy[] policies = OverflowPolicy.values();
            rules =
                    rules.policy(policies[random.nextInt(policies.length)])
                            .queueSize(1 + random.nextInt(8))
                            .queueBytes(random.nextBoolean() ? 1 << 20 : random.nextInt(400))
                            .historySize(random.nextInt(20));
            logs.rules(rules.topicRules(), new LogLimits(Rules.MUCH, 10));
        }

        /// One subscriber: the queue under test, and a list of the indexes that it stands for.
        private final class Client {
            private final Cursor queue;
            private final long from;
            private final long liveFrom;
            private final ArrayDeque<Long> list = new ArrayDeque<>();
            private long decided;
            private long expectedDropped;
            private long dropped;
            private long got;
            private long told;
            private long last;

            Client(long from, long head) {
                this.from = from;
                queue = new Cursor(topic, from, head);
                liveFrom = head;
                decided = head;
                last = from - 1;
                for (long index = from; index < head; index++) {
                    list.add(index);
                }
            }

            long due() {
                return head - from;
            }

            boolean hasRoom() {
                return waiting() + head - decided < rules.queueSize();
            }

            void offer() {
                dropped += queue.offer(head, topic.watch().settings(), 0);
                topic.noteLag(queue);
                for (; decided < head; decided++) {
                    arrive(decided);
                }
                if (exact) {
                    assertThat(dropped).isEqualTo(expectedDropped);
                }
            }

            /// Halves the list, from the end that the policy says.
            void squeeze() {
                dropped += queue.squeeze();
                int drop = (list.size() + 1) / 2;
                if (rules.policy() == OverflowPolicy.BLOCK) {
                    drop = Math.min(drop, list.size() - (int) waiting());
                }
                for (int i = 0; i < drop; i++) {
                    if (rules.policy() == OverflowPolicy.DROP_NEWEST) {
                        list.removeLast();
                    } else {
                        list.removeFirst();
                    }
                    expectedDropped++;
                }
            }

            void take(int most) {
                if (!queue.hasWaiting()) {
                    return;
                }
                tell();
                long count = Math.min(most, queue.end() - queue.next());
                for (long index = queue.next(); index < queue.next() + count; index++) {
                    assertThat(topic.log().entry(index).index()).isEqualTo(index);
                    if (exact) {
                        assertThat(index).isEqualTo(list.remove());
                    }
                    last = index;
                    got++;
                }
                queue.advance(count);
            }

            /// A hole is as large as what lies between the last event and the next.
            void tell() {
                long next = queue.hasWaiting() ? queue.next() : decided;
                assertThat(queue.hole()).isEqualTo(next - last - 1);
                told += queue.hole();
                last += queue.hole();
                queue.holeTold();
            }

            void check(String when) {
                if (exact) {
                    assertThat(queue.hasWaiting()).as(when).isEqualTo(!list.isEmpty());
                    assertThat(queue.waiting()).as(when).isEqualTo(waiting());
                }
                if (exact && !list.isEmpty()) {
                    assertThat(queue.next()).as(when).isEqualTo(list.peek());
                }
            }

            private long waiting() {
                return list.stream().filter(index -> index >= liveFrom).count();
            }

            private void arrive(long index) {
                if (waiting() < rules.queueSize() || rules.policy() == OverflowPolicy.BLOCK) {
                    list.add(index);
                } else if (rules.policy() == OverflowPolicy.DROP_NEWEST) {
                    expectedDropped++;
                } else {
                    while (waiting() >= rules.queueSize()) {
                        list.remove();
                        expectedDropped++;
                    }
                    list.add(index);
                }
            }
        }
    }
}
