package io.spillgate.broker;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
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

    @Test
    void refusesTheUseOfWhatAllLogsShareWithoutTheLock() {
        Object lock = new Object();
        assertThatThrownBy(() -> new Memory(lock, 1).relieved()).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> new Expiries(lock).poll(0)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> new Forgotten(lock).sequence("t"))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(new Reader(lock, _ -> {})::takeBegun).isInstanceOf(AssertionError.class);
    }
}
