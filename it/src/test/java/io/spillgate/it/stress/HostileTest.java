package io.spillgate.it.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Await;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Attackers of all kinds against a gateway with little memory, one kind after the other and then
/// all together, while good clients go on: these get what they ask for in time, and when the
/// attackers have left, nothing of them stays.
///
/// `-Dstress.minutes=20` does it with many more clients and for that long, all transports together.
@Timeout(value = 60, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HostileTest {
    private static final int MINUTES = Integer.getInteger("stress.minutes", 0);
    private static final boolean LONG = MINUTES > 0;
    private static final Duration PHASE = LONG ? Duration.ofSeconds(10) : Duration.ofMillis(600);
    private static final Duration ALL = LONG ? Duration.ofSeconds(40) : Duration.ofSeconds(3);
    private static final Duration STOP = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofMillis(LONG ? 500 : 200);
    private static final int STREAMS = LONG ? 1000 : 100;
    private static final int EVENTS_A_SECOND = 10;
    private static final int REQUESTS_A_SECOND = LONG ? 200 : 100;
    private static final int HEAP_MIB = 256;
    private static final int DIRECT_MIB = 128;

    /// Code, threads' stacks, the collector's tables and what malloc keeps.
    private static final int OTHER_MIB = 250;

    private static final double SHARE = 0.95;

    /// The short form shares a machine with other tests.
    private static final Duration IN_TIME = Duration.ofSeconds(LONG ? 1 : 3);

    @TempDir private Path folder = Path.of("");

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void goodClientsAreServedAndNothingStays(String io) throws Exception {
        Path log = folder.resolve("log");
        try (SmallBackend backend = SmallBackend.start();
                GatewayProcess gateway = gateway(io, backend.address(), log);
                Swarm good = Swarm.start("good");
                Swarm bad = Swarm.start("bad")) {
            try {
                new Siege(io, gateway, good, bad).run();
            } catch (AssertionError e) {
                throw new AssertionError(e.getMessage() + "\nits log:\n" + tail(log), e);
            }
            assertThat(Files.readString(log)).doesNotContain(" ERROR ", "OutOfMemory", "LEAK");
        }
    }

    /// With room for what belongs to good clients: a limit that attackers can't fill, a rate limit,
    /// and a pool of its own for uploads.
    private static GatewayProcess gateway(String io, String backend, Path log) throws IOException {
        List<String> options =
                List.of(
                        "-Xmx" + HEAP_MIB + "m",
                        "-XX:MaxDirectMemorySize=" + DIRECT_MIB + "m",
                        "-XX:+UseCompactObjectHeaders",
                        "-XX:TieredStopAtLevel=" + (LONG ? 4 : 1),
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Dio.netty.leakDetection.level=simple");
        return GatewayProcess.start(
                options,
                ProcessBuilder.Redirect.to(log.toFile()),
                "http.bind_address=127.0.0.1:0",
                "admin.bind_address=127.0.0.1:0",
                "http.io=" + io,
                "http.thread_pool_size=2",
                "http.rate_limit_per_ip=600",
                "http.rate_limit_window_sec=1s",
                "server.backpressure.maxLimit=2000",
                "hub.publish_tokens=" + GoodRequests.TOKEN,
                "hub.history_ttl=2s",
                "hub.block_timeout=2s",
                "hub.topics=[{match=\"blocked*\", backpressure_policy=\"block\"}]",
                "http-destinations.api.addresses=" + backend,
                "http-destinations.uploads.addresses=" + backend,
                "routes=[{path=\"/api/*\", proxy=\"api\"},"
                        + " {path=\"/uploads/*\", proxy=\"uploads\"},"
                        + " {path=\"/reply\", reply={body=\"short\"}},"
                        + " {path=\"/large\", reply={body=\""
                        + "x".repeat(20_000)
                        + "\"}}]");
    }

    private static String tail(Path log) throws IOException {
        String text = Files.readString(log);
        return text.substring(Math.max(0, text.length() - 4000));
    }

    /// One gateway, its good clients, and who attacks it.
    private static final class Siege {
        private final String io;
        private final GatewayProcess gateway;
        private final Vitals vitals;
        private final Punctuality.Stops stops = new Punctuality.Stops();
        private final Punctuality events = new Punctuality(IN_TIME, stops);
        private final Punctuality answers = new Punctuality(IN_TIME, stops);
        private final GoodStreams streams;
        private final GoodRequests requests;
        private final Mob silent;
        private final Mob halfHeads;
        private final Map<String, List<Mob>> attacks = new LinkedHashMap<>();
        private final Swarm good;
        private final Swarm bad;

        Siege(String io, GatewayProcess gateway, Swarm good, Swarm bad) {
            this.io = io;
            this.gateway = gateway;
            this.good = good;
            this.bad = bad;
            vitals = new Vitals(gateway.admin());
            streams = new GoodStreams(good, events);
            requests = new GoodRequests(good, gateway.http(), REQUESTS_A_SECOND, answers);
            silent = mob(1, LONG ? 2500 : 500, new Attacks.Silent());
            halfHeads = mob(2, LONG ? 2500 : 1000, new Attacks.HalfHeads());
            attacks.put("half-sent", List.of(silent, halfHeads));
            attacks.put(
                    "unread",
                    List.of(
                            mob(3, LONG ? 10 : 2, new Attacks.Pieces()),
                            mob(4, LONG ? 100 : 20, new Attacks.Unread())));
            attacks.put(
                    "stalled",
                    List.of(
                            mob(5, LONG ? 200 : 30, stalled(Attacks.largeTopics())),
                            mob(6, LONG ? 20 : 3, stalled("/blocked0")),
                            publishers(7, 2, "large", Attacks.LARGE_TOPICS, 0.05),
                            publishers(8, 1, "blocked", 1, 0.02)));
            attacks.put("topics", List.of(mob(9, LONG ? 1000 : 200, new Attacks.UnknownTopics())));
            attacks.put(
                    "replays",
                    List.of(
                            mob(
                                    10,
                                    LONG ? 1000 : 150,
                                    stalled(Attacks.largeTopics() + "&last_event_id=earliest")),
                            publishers(11, 2, "large", Attacks.LARGE_TOPICS, 0.05)));
            attacks.put("aborts", List.of(mob(12, LONG ? 300 : 50, new Attacks.Aborts())));
            attacks.put("lies", List.of(mob(13, 10, new Attacks.Liars())));
        }

        private Mob mob(int number, int size, Mob.Conduct conduct) {
            return new Mob(bad, gateway.http(), number, size, conduct);
        }

        private Mob publishers(int number, int size, String prefix, int topics, double zeal) {
            String name = "publishers of " + prefix;
            return new Mob(
                    bad,
                    gateway.admin(),
                    number,
                    size,
                    new Attacks.Publishing(name, prefix, topics, zeal));
        }

        private static Mob.Conduct stalled(String query) {
            return new Attacks.Stalled("stalled", query);
        }

        void run() throws Exception {
            streams.open(gateway.http(), STREAMS);
            streams.publish(gateway.admin(), EVENTS_A_SECOND);
            requests.start();
            long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES) / 3;
            pass("nobody", PHASE);
            do {
                for (Map.Entry<String, List<Mob>> attack : attacks.entrySet()) {
                    attack.getValue().forEach(Mob::rage);
                    pass(attack.getKey(), PHASE);
                    stopWhenHalfHeadsAreThere(attack.getValue());
                    attack.getValue().forEach(Mob::leave);
                }
                attacks.values().forEach(mobs -> mobs.forEach(Mob::rage));
                pass("all", ALL.dividedBy(2));
                stopWhenHalfHeadsAreThere(attacks.getOrDefault("half-sent", List.of()));
                pass("all, after a stop", ALL.dividedBy(2));
                attacks.values().forEach(mobs -> mobs.forEach(Mob::leave));
            } while (System.nanoTime() < end);
            leaveNothing();
            checkVitals();
        }

        /// Stops the whole gateway for a while, and everyone who has begun something sends a byte
        /// more meanwhile.
        private void stopWhenHalfHeadsAreThere(List<Mob> mobs) throws Exception {
            if (!mobs.contains(halfHeads)) {
                return;
            }
            long start = System.nanoTime();
            gateway.signal("STOP");
            halfHeads.surge();
            silent.surge();
            waitUntil(start + STOP.toNanos());
            gateway.signal("CONT");
            stops.add(start, System.nanoTime());
            pass("a stop", PHASE);
        }

        /// Lets time pass, looks at the vitals all the while, and then at what the good clients
        /// got.
        private void pass(String what, Duration time) {
            long start = System.nanoTime();
            for (long at = start; at < start + time.toNanos(); at = System.nanoTime()) {
                vitals.look();
                waitUntil(at + LOOK.toNanos());
                good.check();
                bad.check();
            }
            double eventShare = events.share();
            double answerShare = answers.share();
            System.out.printf(
                    "%s, %s: %.4f of the events, %.4f of the answers in time%n",
                    io, what, eventShare, answerShare);
            assertThat(gateway.isAlive()).as("lives").isTrue();
            if (LONG) {
                assertThat(eventShare)
                        .as("events during %s: %s", what, events)
                        .isGreaterThan(SHARE);
                assertThat(answerShare)
                        .as("answers during %s: %s", what, answers)
                        .isGreaterThan(SHARE);
            }
        }

        /// Good clients stop, but their streams stay.
        private void leaveNothing() {
            requests.stop();
            Await.until("good requests are over", requests::isDone);
            requests.leave();
            streams.finish();
            assertThat(streams.ended()).as("good streams that were ended").isZero();
            Map<String, Double> rest = new LinkedHashMap<>();
            rest.put(Vitals.CONNECTIONS, (double) STREAMS);
            rest.put(Vitals.STREAMS, (double) STREAMS);
            rest.put(Vitals.WATCHED, (double) STREAMS);
            for (String empty :
                    List.of(
                            Vitals.IN_FLIGHT,
                            Vitals.QUEUED,
                            Vitals.LINGERING,
                            Vitals.INPUT,
                            Vitals.HUB,
                            "spillgate_events_queued",
                            "spillgate_pool_queued{destination=\"uploads\"}",
                            "spillgate_pool_in_flight{destination=\"uploads\"}")) {
                rest.put(empty, 0.0);
            }
            try {
                Await.until("nothing is left", () -> vitals.look().differences(rest).isEmpty());
            } catch (AssertionError e) {
                throw new AssertionError(e.getMessage() + ": " + vitals.differences(rest), e);
            }
        }

        private void checkVitals() {
            System.out.printf("%s: events %s%n", io, events);
            System.out.printf("%s: answers %s%n", io, answers);
            System.out.printf("%s: told missing %d, most %s%n", io, streams.told(), vitals);
            System.out.printf("%s: %s%n", io, attacks.values());
            assertThat(events.shareOfAll()).as("events: %s", events).isGreaterThan(SHARE);
            assertThat(answers.shareOfAll()).as("answers: %s", answers).isGreaterThan(SHARE);
            assertThat(vitals.get("spillgate_allocation_failures_total")).isZero();
            assertThat(vitals.lagsAbove("2.0")).as("held for more than the stop").isZero();
            assertThat(vitals.get("spillgate_rate_limit_hits_total")).isPositive();
            assertThat(vitals.get("spillgate_requests_rejected_total{reason=\"input_memory\"}"))
                    .isPositive();
            double mebi = 1 << 20;
            assertThat(vitals.most(Vitals.DIRECT) / mebi).isLessThan(0.75 * DIRECT_MIB);
            assertThat(vitals.most(Vitals.RESIDENT) / mebi)
                    .isLessThan(HEAP_MIB + DIRECT_MIB + OTHER_MIB);
            assertThat(vitals.most(Vitals.HUB))
                    .isLessThanOrEqualTo(vitals.get("spillgate_hub_memory_limit_bytes"));
            assertThat(vitals.most(Vitals.INPUT))
                    .isLessThan(1.25 * vitals.get("spillgate_input_memory_limit_bytes"));
        }

        private static void waitUntil(long nanos) {
            while (System.nanoTime() < nanos) {
                LockSupport.parkNanos(nanos - System.nanoTime());
            }
        }
    }
}
