package io.spillgate.it.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Publisher;
import io.spillgate.it.harness.TestGateway;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.LongStream;

/// Clients that stop reading: what they get later, what others notice of it, and what it costs.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class StalledClientTest {
    private static final int QUEUE = 100;
    private static final int EVENTS = 600;
    private static final int BATCH = 50;
    private static final int HEALTHY = 3;
    private static final int NARROW = 4096;
    private static final String LARGE = "x".repeat(20_000);

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void keepsWhatWaitsAndThenGoesOnWhenTheNewestAreDropped(String io) throws Exception {
        List<Long> numbers = outcome(io, "drop_newest");
        long end = numbers.getLast();
        assertThat(end).isEqualTo(EVENTS + 1);
        List<Long> before = numbers.subList(0, numbers.size() - 1);
        assertThat(before).hasSizeBetween(QUEUE, EVENTS - 1);
        assertThat(before).isEqualTo(range(1, before.size()));
    }

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void keepsTheNewestWhenTheOldestAreDropped(String io) throws Exception {
        List<Long> numbers = outcome(io, "drop_oldest");
        assertThat(numbers).hasSizeBetween(QUEUE + 1, EVENTS);
        int begun = numbers.size() - QUEUE;
        assertThat(numbers.subList(begun, numbers.size()))
                .isEqualTo(range(EVENTS + 2 - QUEUE, EVENTS + 1));
        assertThat(numbers.subList(0, begun)).isEqualTo(range(1, begun));
    }

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void losesNothingWhenPublishersWait(String io) throws Exception {
        try (TestGateway gateway = gateway(io, "block\"\nhub.block_timeout = \"60s");
                Reader stalled = reader(gateway, NARROW, (sequence, data) -> {});
                Fleet fleet = new Fleet(Duration.ofSeconds(60))) {
            AtomicInteger published = new AtomicInteger();
            CompletableFuture<Void> all =
                    CompletableFuture.runAsync(() -> {
                        try (Publisher publisher = gateway.publisher()) {
                            for (int i = 0; i < EVENTS; i++) {
                                publisher.publish("t", LARGE);
                                published.incrementAndGet();
                            }
                            publisher.publish("t", "end");
                        }
                    });
            gateway.awaitMetric("spillgate_queue_depth", QUEUE);
            assertThat(published.get()).isLessThan(EVENTS);
            fleet.start(() -> stalled.read(Long.MAX_VALUE));
            fleet.join();
            all.get(10, TimeUnit.SECONDS);
            assertThat(stalled.events()).isEqualTo(EVENTS + 1);
            assertThat(stalled.dropped()).isZero();
            assertThat(gateway.metric("spillgate_messages_dropped_total")).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"drop_newest", "drop_oldest"})
    void delaysNobodyElse(String policy) throws Exception {
        try (TestGateway gateway = gateway("auto", policy)) {
            long alone = medianDelayNanos(gateway);
            List<Reader> stalled = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                stalled.add(reader(gateway, NARROW, (sequence, data) -> {}));
            }
            long beside = medianDelayNanos(gateway);
            assertThat(gateway.metric("spillgate_messages_dropped_total")).isPositive();
            assertThat(beside).isLessThan(3 * alone + TimeUnit.MILLISECONDS.toNanos(20));
            for (Reader reader : stalled) {
                reader.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 50})
    void costsLessThanAKilobyteForEachQueuedEventHoweverManyAreStalled(int count) throws Exception {
        String config =
                """
                http.max_message_queue_size = 20000
                hub.history_size = 0
                """;
        int events = 10_000;
        List<Reader> stalled = new ArrayList<>();
        try (TestGateway gateway = TestGateway.start(config);
                Publisher publisher = gateway.publisher()) {
            for (int i = 0; i < count; i++) {
                stalled.add(reader(gateway, NARROW, (sequence, data) -> {}));
            }
            while (gateway.metric("spillgate_events_queued") < 10 * count) {
                publisher.publish("t", LARGE);
            }
            double hubBefore = gateway.metric("spillgate_hub_memory_bytes");
            long heapBefore = heapBytes();
            double queuedBefore = gateway.metric("spillgate_queue_depth");
            String file = "data: 0123456789\n\n".repeat(events);
            assertThat(publisher.post("t", "text/event-stream", file).text())
                    .contains("\"published\":" + events + "}");
            gateway.awaitMetric("spillgate_queue_depth", queuedBefore + events);
            double hub = (gateway.metric("spillgate_hub_memory_bytes") - hubBefore) / events;
            double heap = (heapBytes() - heapBefore) / (double) events;
            System.out.printf(
                    "%d stalled: hub %.0f, heap %.0f bytes for each queued event%n",
                    count, hub, heap);
            assertThat(hub).isBetween(1.0, 1024.0);
            assertThat(heap).isLessThan(1024);
            for (Reader reader : stalled) {
                reader.close();
            }
            gateway.awaitMetric("spillgate_hub_memory_bytes", 0);
        }
    }

    /// Publishes while one client is stalled and others read; then lets it read, and returns the
    /// numbers of the events that it got. [Reader] requires a notice for every hole.
    private static List<Long> outcome(String io, String policy) throws Exception {
        List<Long> numbers = new ArrayList<>();
        AtomicIntegerArray counts = new AtomicIntegerArray(HEALTHY);
        try (TestGateway gateway = gateway(io, policy);
                Reader stalled = reader(gateway, NARROW, (number, data) -> numbers.add(number));
                Fleet fleet = new Fleet(Duration.ofSeconds(60));
                Publisher publisher = gateway.publisher()) {
            List<Reader> healthy = new ArrayList<>();
            for (int i = 0; i < HEALTHY; i++) {
                int mine = i;
                Reader reader = reader(gateway, 0, (number, data) -> counts.incrementAndGet(mine));
                healthy.add(reader);
                fleet.start(() -> reader.read(Long.MAX_VALUE));
            }
            for (int i = 0; i < EVENTS; i++) {
                publisher.publish("t", LARGE);
                if ((i + 1) % BATCH == 0) {
                    int sent = i + 1;
                    Await.until(
                            "the others have all events",
                            () ->
                                    counts.get(0) == sent
                                            && counts.get(1) == sent
                                            && counts.get(2) == sent);
                }
            }
            publishTheEnd(gateway, publisher, policy);
            fleet.start(() -> stalled.read(Long.MAX_VALUE));
            if (policy.equals("drop_newest")) {
                gateway.awaitMetric("spillgate_events_queued", 0);
                publisher.publish("t", "end");
            }
            fleet.join();
            assertThat(
                            gateway.metric(
                                    "spillgate_messages_dropped_total{policy=\"" + policy + "\"}"))
                    .isEqualTo((double) stalled.dropped())
                    .isPositive();
            for (Reader reader : healthy) {
                assertThat(reader.events()).isEqualTo(EVENTS + 1);
                assertThat(reader.dropped()).isZero();
                reader.close();
            }
        }
        return numbers;
    }

    /// Where the oldest are dropped, the last event finds its place while nobody reads; else there
    /// is none for it yet.
    private static void publishTheEnd(TestGateway gateway, Publisher publisher, String policy) {
        gateway.awaitMetric("spillgate_queue_depth", QUEUE);
        if (policy.equals("drop_oldest")) {
            publisher.publish("t", "end");
        }
    }

    private static long medianDelayNanos(TestGateway gateway) throws Exception {
        long[] delays = new long[EVENTS];
        AtomicInteger received = new AtomicInteger();
        try (Reader healthy = reader(gateway, 0, (number, data) -> received.incrementAndGet());
                Fleet fleet = new Fleet(Duration.ofSeconds(60));
                Publisher publisher = gateway.publisher()) {
            fleet.start(() -> healthy.read(EVENTS + 1));
            for (int i = 0; i < EVENTS; i++) {
                int expected = i + 1;
                long start = System.nanoTime();
                publisher.publish("t", LARGE);
                while (received.get() < expected) {
                    Thread.onSpinWait();
                }
                delays[i] = System.nanoTime() - start;
            }
            publisher.publish("t", "end");
            fleet.join();
            assertThat(healthy.dropped()).isZero();
        }
        Arrays.sort(delays);
        return delays[EVENTS / 2];
    }

    private static Reader reader(TestGateway gateway, int bufferBytes, Reader.Witness witness)
            throws IOException {
        Reader reader = new Reader(gateway.address(), "/events/t", bufferBytes, witness);
        reader.connect();
        reader.awaitId();
        return reader;
    }

    private static TestGateway gateway(String io, String policy) {
        return TestGateway.start(
                """
                http.io = "%s"
                http.max_message_queue_size = %d
                http.backpressure_policy = "%s"
                """
                        .formatted(io, QUEUE, policy));
    }

    private static long heapBytes() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            runtime.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    private static List<Long> range(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }
}
