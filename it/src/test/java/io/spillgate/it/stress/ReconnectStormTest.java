package io.spillgate.it.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Publisher;
import io.spillgate.it.harness.TestGateway;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// Publishers at full speed, and subscribers whose connections break at random moments: everyone
/// has every event once, in order, or was told exactly what is missing.
///
/// `-Dstress.runs=100` repeats it that often on each transport; without it, it is done twice: once
/// with room for all events in the history, once with little.
@Timeout(value = 60, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ReconnectStormTest {
    private static final int RUNS = Integer.getInteger("stress.runs", 2);
    private static final int PUBLISHERS = 50;
    private static final int EVENTS_EACH = 40;
    private static final int SUBSCRIBERS = 500;
    private static final int LONGEST_STAY = 400;
    private static final int MOST_EVENTS = 100_000;

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void everyoneHasEveryEventOrKnowsWhatIsMissing(String io) throws Exception {
        for (int run = 0; run < RUNS; run++) {
            int history = run % 2 == 0 ? MOST_EVENTS : 50;
            String config = "http.io = \"%s\"\nhub.history_size = %d".formatted(io, history);
            try (TestGateway gateway = TestGateway.start(config)) {
                new Storm(gateway, run).rage();
            }
        }
    }

    /// One run.
    private static final class Storm {
        private final TestGateway gateway;
        private final int run;
        private final AtomicReferenceArray<String> seen = new AtomicReferenceArray<>(MOST_EVENTS);
        private final AtomicLong breaks = new AtomicLong();

        Storm(TestGateway gateway, int run) {
            this.gateway = gateway;
            this.run = run;
        }

        void rage() throws Exception {
            List<Reader> readers = new ArrayList<>();
            try (Fleet subscribers = new Fleet(Duration.ofSeconds(100));
                    Fleet publishers = new Fleet(Duration.ofSeconds(100))) {
                for (int i = 0; i < SUBSCRIBERS; i++) {
                    Reader reader = new Reader(gateway.address(), "/events/t", 0, this::saw);
                    readers.add(reader);
                    reader.connect();
                }
                for (Reader reader : readers) {
                    reader.awaitId();
                }
                for (int i = 0; i < SUBSCRIBERS; i++) {
                    Random random = new Random(run * 1000L + i);
                    Reader reader = readers.get(i);
                    subscribers.start(() -> subscribe(reader, random));
                }
                for (int i = 0; i < PUBLISHERS; i++) {
                    int number = i;
                    publishers.start(() -> publish(number));
                }
                publishers.join();
                while (!subscribers.isDone()) {
                    gateway.publish("t", "end");
                }
                subscribers.join();
            }
            check(readers);
        }

        private void check(List<Reader> readers) {
            double dropped = gateway.metric("spillgate_messages_dropped_total");
            long told = readers.stream().mapToLong(Reader::dropped).sum();
            assertThat(told).as("run %d", run).isLessThanOrEqualTo((long) dropped);
            if (run % 2 == 1) {
                long evicted = readers.stream().mapToLong(Reader::evicted).sum();
                assertThat(evicted).as("told to be gone from a short history").isPositive();
            }
            assertThat(breaks.get()).as("connections broken").isGreaterThan(SUBSCRIBERS);
            for (Reader reader : readers) {
                assertThat(reader.events() + reader.dropped() + reader.evicted())
                        .as("run %d", run)
                        .isGreaterThan(PUBLISHERS * EVENTS_EACH);
            }
        }

        private boolean subscribe(Reader reader, Random random) throws IOException {
            boolean sawEnd = false;
            while (!sawEnd) {
                try (reader) {
                    sawEnd = reader.read(1 + random.nextInt(LONGEST_STAY));
                } catch (SocketException e) {
                    throw new AssertionError("the gateway broke the connection", e);
                }
                if (!sawEnd) {
                    breaks.incrementAndGet();
                    reader.connect();
                }
            }
            return true;
        }

        private boolean publish(int number) {
            try (Publisher publisher = gateway.publisher()) {
                for (int i = 0; i < EVENTS_EACH; i++) {
                    String data = number + ":" + i;
                    saw(Reader.sequence(publisher.publish("t", data)), data);
                }
            }
            return true;
        }

        /// All clients, and the publishers' answers, agree about what stands at a place.
        private void saw(long sequence, String data) {
            String before = seen.compareAndExchange((int) sequence, null, data);
            if (before != null && !before.equals(data)) {
                throw new AssertionError(sequence + " is " + before + " and " + data);
            }
        }
    }
}
