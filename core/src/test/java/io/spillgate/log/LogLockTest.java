package io.spillgate.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// What the logs's lock guards says so when it is touched without it.
final class LogLockTest {
    private final Logs logs = Rules.DEFAULT.logs(new LogLimits(Rules.MUCH, 10), () -> 0);

    static Stream<Consumer<EventLog>> uses() {
        return Stream.of(
                EventLog::hasHistory,
                EventLog::headIndex,
                EventLog::isWithinQueues,
                EventLog::settings,
                EventLog::evictHistory,
                log -> log.retained("id"),
                EventLog::wake,
                EventLog::squeeze,
                log -> log.lose(1, 0),
                log -> log.begin(List.of()),
                EventLog::idle,
                log -> log.expire(0));
    }

    @ParameterizedTest
    @MethodSource("uses")
    void refusesTheUseOfALogWithoutTheLock(Consumer<EventLog> use) {
        TestReader reader = TestReader.of(logs, "t");
        logs.offer("t", Rules.event("hello"), 0, Rules::nobody);
        assertThatThrownBy(() -> use.accept(reader.log())).isInstanceOf(AssertionError.class);
    }

    /// A publisher looks at the clock with the lock held, for as long as the reader reads.
    @Test
    @Timeout(30)
    void entriesAreReadWithoutTheLock() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch read = new CountDownLatch(1);
        Thread reading = Thread.currentThread();
        Logs slow =
                Rules.DEFAULT.logs(
                        new LogLimits(Rules.MUCH, 10),
                        () -> {
                            if (!Thread.currentThread().equals(reading)) {
                                held.countDown();
                                awaitQuietly(read);
                            }
                            return 0;
                        });
        TestReader reader = TestReader.of(slow, "t");
        slow.offer("t", Rules.event("hello"), 0, Rules::nobody);
        EventLog log = reader.log();
        CompletableFuture<Void> holder =
                CompletableFuture.runAsync(
                        () -> slow.offer("t", Rules.event("more"), 0, Rules::nobody));
        held.await();
        assertThat(log.entry(0).index()).isZero();
        assertThat(log.read(0, 1, new LogEntry[1])).isEqualTo(1);
        assertThat(log.bytesBetween(0, 1)).isPositive();
        assertThat(log.firstAfter(0, 0, 1)).isZero();
        assertThat(holder).isNotDone();
        read.countDown();
        holder.get();
    }

    @Test
    void refusesTheUseOfWhatAllLogsShareWithoutTheLock() {
        Object lock = new Object();
        assertThatThrownBy(() -> new Memory<EventLog>(lock, 1).largestQueue())
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> new Expiries<EventLog>(lock).poll(0))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> new Forgotten(lock).sequence("t"))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(new Reader(lock, _ -> {})::takeNews).isInstanceOf(AssertionError.class);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
