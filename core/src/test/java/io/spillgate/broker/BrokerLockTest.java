package io.spillgate.broker;

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

/// What the broker's lock guards says so when it is touched without it.
final class BrokerLockTest {
    private final LocalBroker broker =
            new LocalBroker(
                    "stestepoch01",
                    Rules.DEFAULT.topicRules(),
                    new BrokerLimits(Rules.MUCH, 10),
                    () -> 0);

    static Stream<Consumer<EventLog>> uses() {
        return Stream.of(
                EventLog::hasHistory,
                EventLog::headIndex,
                EventLog::room,
                EventLog::settings,
                EventLog::evictHistory,
                log -> log.retained("id"),
                log -> log.firstWaiting(true),
                log -> log.wake(List.of()),
                log -> log.begin(List.of()),
                log -> log.idle(List.of()),
                log -> log.expire(0));
    }

    @ParameterizedTest
    @MethodSource("uses")
    void refusesTheUseOfALogWithoutTheLock(Consumer<EventLog> use) {
        TestReader reader = TestReader.of(broker, "t");
        broker.publish("t", Rules.event("hello"), false);
        assertThatThrownBy(() -> use.accept(reader.log())).isInstanceOf(AssertionError.class);
    }

    /// A publisher looks at the clock with the lock held, for as long as the reader reads.
    @Test
    @Timeout(30)
    void entriesAreReadWithoutTheLock() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch read = new CountDownLatch(1);
        Thread reading = Thread.currentThread();
        LocalBroker slow =
                new LocalBroker(
                        "stestepoch01",
                        Rules.DEFAULT.topicRules(),
                        new BrokerLimits(Rules.MUCH, 10),
                        () -> {
                            if (!Thread.currentThread().equals(reading)) {
                                held.countDown();
                                awaitQuietly(read);
                            }
                            return 0;
                        });
        TestReader reader = TestReader.of(slow, "t");
        slow.publish("t", Rules.event("hello"), false);
        EventLog log = reader.log();
        CompletableFuture<Void> holder =
                CompletableFuture.runAsync(() -> slow.publish("t", Rules.event("more"), false));
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
        assertThatThrownBy(() -> new Memory(lock, 1).relieved()).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> new Expiries(lock).poll(0)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> new Forgotten(lock).sequence("t"))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(new Reader(lock, _ -> {})::takeBegun).isInstanceOf(AssertionError.class);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
