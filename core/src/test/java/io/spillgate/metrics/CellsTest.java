package io.spillgate.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;

import io.spillgate.admission.AdmissionRefusal;
import io.spillgate.config.OverflowPolicy;
import io.spillgate.http.RequestRefusal;
import io.spillgate.http.tls.Handshake;
import io.spillgate.http.tls.HandshakeFailure;
import io.spillgate.hub.StreamEnd;
import io.spillgate.listener.ConnectionRefusal;

import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;

class CellsTest {
    private static final int WRITES = 200_000;

    private final Metrics metrics = new Metrics(2);

    @Test
    void sumsWhatLoopsAndOthersCounted() throws InterruptedException {
        metrics.cells(0).add(Counter.MESSAGES_SENT, 5);
        Thread.ofPlatform().start(() -> metrics.cells(1).add(Counter.MESSAGES_SENT, 7)).join();
        metrics.outside().add(Counter.MESSAGES_SENT, 100);

        assertThat(metrics.total(Counter.MESSAGES_SENT)).isEqualTo(112);
    }

    @Test
    void everyNumberHasACellOfItsOwn() {
        Cells cells = metrics.cells(0);
        for (Counter counter : Counter.values()) {
            if (counter.labelNames().isEmpty()) {
                cells.add(counter, 1);
            }
        }
        for (ConnectionRefusal reason : ConnectionRefusal.values()) {
            cells.add(Counter.CONNECTIONS_REJECTED, reason);
        }
        for (Handshake result : Handshake.values()) {
            cells.add(Counter.TLS_HANDSHAKES, result);
        }
        for (HandshakeFailure cause : HandshakeFailure.values()) {
            cells.add(Counter.TLS_HANDSHAKE_FAILURES, cause);
        }
        for (RequestRefusal reason : RequestRefusal.values()) {
            cells.add(Counter.REQUESTS_REJECTED, reason);
        }
        for (AdmissionRefusal reason : AdmissionRefusal.values()) {
            cells.add(Counter.ADMISSION_REJECTED, reason);
        }
        for (StreamEnd reason : StreamEnd.values()) {
            cells.add(Counter.SSE_DISCONNECTS, reason);
        }
        for (OverflowPolicy policy : OverflowPolicy.values()) {
            cells.dropped(policy, 1);
        }

        for (Counter counter : EnumSet.complementOf(EnumSet.of(Counter.EVENT_LOOP_BUSY))) {
            for (int i = 0; i < counter.labelValues().size(); i++) {
                assertThat(metrics.total(counter, i)).as(counter + " " + i).isOne();
            }
            long expected = counter == Counter.REQUESTS ? 0 : 1;
            assertThat(metrics.total(counter)).as(counter.metricName()).isEqualTo(expected);
        }
        for (Timing timing : Timing.values()) {
            assertThat(metrics.bucketCounts(timing)).containsOnly(0);
            assertThat(metrics.sumNanos(timing)).isZero();
        }
    }

    @Test
    void countsAnswersByHandlerAndStatus() {
        metrics.cells(0).request(Handler.PUBLISH, 200, 1);
        metrics.cells(0).request(Handler.PUBLISH, 200, 1);
        metrics.outside().request(Handler.PUBLISH, 503, 1);
        metrics.cells(0).request(Handler.HEALTH, 200, 1);

        assertThat(metrics.total(Handler.PUBLISH, 200)).isEqualTo(2);
        assertThat(metrics.total(Handler.PUBLISH, 503)).isOne();
        assertThat(metrics.total(Handler.HEALTH, 200)).isOne();
        assertThat(metrics.total(Handler.SUBSCRIBE, 200)).isZero();
    }

    @Test
    void statusesWithoutARowOfTheirOwnCountTogether() {
        for (int status : new int[] {-1, 0, 99, 600, 999, Integer.MAX_VALUE}) {
            metrics.cells(0).request(Handler.REPLY, status, 1);
        }
        metrics.cells(0).request(Handler.REPLY, 100, 1);
        metrics.cells(0).request(Handler.REPLY, 599, 1);

        assertThat(metrics.total(Handler.REPLY, Cells.OTHER_STATUS)).isEqualTo(6);
        assertThat(metrics.total(Handler.REPLY, 100)).isOne();
        assertThat(metrics.total(Handler.REPLY, 599)).isOne();
    }

    @Test
    void aLatencyCountsOnceForEachEventAndSumsUp() {
        metrics.cells(0).deliveryLatency(1_500_000, 10);

        long[] counts = metrics.bucketCounts(Timing.DELIVERY_LATENCY);
        assertThat(counts[Buckets.indexOf(1_500_000)]).isEqualTo(10);
        assertThat(metrics.sumNanos(Timing.DELIVERY_LATENCY)).isEqualTo(15_000_000);
    }

    @Test
    void aClockThatWentBackwardsTakesNothingFromTheSum() {
        metrics.cells(0).deliveryLatency(1000, 1);
        metrics.cells(0).deliveryLatency(-5000, 1);

        assertThat(metrics.bucketCounts(Timing.DELIVERY_LATENCY)[0]).isEqualTo(2);
        assertThat(metrics.sumNanos(Timing.DELIVERY_LATENCY)).isEqualTo(1000);
    }

    @Test
    void refusesASecondThreadOnTheCellsOfALoop() throws InterruptedException {
        metrics.cells(0).add(Counter.CONNECTIONS, 1);

        List<Throwable> thrown = new ArrayList<>();
        Thread stranger =
                Thread.ofPlatform()
                        .uncaughtExceptionHandler((thread, cause) -> thrown.add(cause))
                        .start(() -> metrics.cells(0).add(Counter.CONNECTIONS, 1));
        stranger.join();

        assertThat(thrown).singleElement().isInstanceOf(AssertionError.class);
    }

    @Test
    void refusesALabelledCounterWithoutItsLabel() {
        assertThatThrownBy(() -> metrics.cells(0).add(Counter.SSE_DISCONNECTS, 1))
                .isInstanceOf(AssertionError.class)
                .hasMessage("SSE_DISCONNECTS has a label");
    }

    @Test
    void refusesToCountDownwards() {
        assertThatThrownBy(() -> metrics.cells(0).add(Counter.CONNECTIONS, -1))
                .isInstanceOf(AssertionError.class)
                .hasMessage("a counter cannot fall, by -1");
    }

    @Test
    void neverFallsAndLosesNothingWhileLoopsAndOthersWrite() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(4);
        List<Thread> writers =
                List.of(
                        writer(metrics.cells(0), running),
                        writer(metrics.cells(1), running),
                        writer(metrics.outside(), running),
                        writer(metrics.outside(), running));
        running.await();

        long seen = 0;
        long seenLatencies = 0;
        long seenRequests = 0;
        while (writers.stream().anyMatch(Thread::isAlive)) {
            long now = metrics.total(Counter.MESSAGES_SENT);
            long latencies = metrics.sumNanos(Timing.DELIVERY_LATENCY);
            long requests = metrics.total(Handler.SUBSCRIBE, 200);
            assertThat(now).isGreaterThanOrEqualTo(seen);
            assertThat(latencies).isGreaterThanOrEqualTo(seenLatencies);
            assertThat(requests).isGreaterThanOrEqualTo(seenRequests);
            seen = now;
            seenLatencies = latencies;
            seenRequests = requests;
        }

        for (Thread writer : writers) {
            writer.join();
        }
        assertThat(metrics.total(Counter.MESSAGES_SENT)).isEqualTo(4L * WRITES);
        assertThat(metrics.sumNanos(Timing.DELIVERY_LATENCY)).isEqualTo(4L * WRITES * 3);
        assertThat(metrics.total(Handler.SUBSCRIBE, 200)).isEqualTo(4L * WRITES);
    }

    @Test
    void countingAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Cells cells = metrics.cells(0);
        everyKindOfCount(cells);
        threads.getCurrentThreadAllocatedBytes();

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            everyKindOfCount(cells);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(allocated).as("bytes for 10,000 rounds").isLessThan(10_000);
    }

    private static void everyKindOfCount(Cells cells) {
        cells.add(Counter.MESSAGES_SENT, 1);
        cells.add(Counter.REQUESTS_REJECTED, RequestRefusal.RATE);
        cells.add(Counter.SSE_DISCONNECTS, StreamEnd.CLIENT);
        cells.dropped(OverflowPolicy.DROP_OLDEST, 1);
        cells.request(Handler.SUBSCRIBE, 200, 1_000_000);
        cells.deliveryLatency(2_000_000, 1);
    }

    private static Thread writer(Cells cells, CountDownLatch running) {
        return Thread.ofPlatform()
                .start(() -> {
                    running.countDown();
                    for (int i = 0; i < WRITES; i++) {
                        cells.add(Counter.MESSAGES_SENT, 1);
                        cells.deliveryLatency(3, 1);
                        cells.request(Handler.SUBSCRIBE, 200, 1);
                    }
                });
    }
}
