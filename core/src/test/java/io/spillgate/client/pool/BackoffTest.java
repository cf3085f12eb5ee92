package io.spillgate.client.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

class BackoffTest {
    private static final long NEVER = Long.MAX_VALUE;
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final RandomGenerator LOWEST = random(0);
    private static final RandomGenerator HIGHEST = random(-1);

    @Test
    void waitsAtLeastTheLevelOverEightFailures() {
        assertThat(waitsMillis(backoff(LOWEST), 9))
                .containsExactly(100L, 200L, 400L, 800L, 1600L, 3200L, 5000L, 5000L, 5000L);
    }

    @Test
    void waitsLessThanTwiceTheLevelOverEightFailures() {
        assertThat(waits(backoff(HIGHEST), 9))
                .containsExactly(
                        200 * MILLI - 1,
                        400 * MILLI - 1,
                        800 * MILLI - 1,
                        1600 * MILLI - 1,
                        3200 * MILLI - 1,
                        6400 * MILLI - 1,
                        10_000 * MILLI - 1,
                        10_000 * MILLI - 1,
                        10_000 * MILLI - 1);
    }

    @Test
    void spreadsTheWaitsOverTheirRange() {
        RandomGenerator random = new SplittableRandom(7);
        List<Long> first = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            first.addAll(waitsMillis(backoff(random), 1));
        }
        assertThat(first).allMatch(millis -> millis >= 100 && millis < 200);
        assertThat(first).anyMatch(millis -> millis < 110).anyMatch(millis -> millis >= 190);
    }

    @Test
    void countsFailuresOfParallelAttemptsOnce() {
        Backoff backoff = backoff(LOWEST);
        long first = backoff.begin();
        long second = backoff.begin();
        long third = backoff.begin();
        backoff.failed(first, 0);
        backoff.failed(second, 10 * MILLI);
        backoff.failed(third, 20 * MILLI);
        assertThat(backoff.remainingNanos(20 * MILLI)).isEqualTo(80 * MILLI);
    }

    @Test
    void countsFailuresOfParallelAttemptsOnceAtTheHighestLevelToo() {
        Backoff backoff = backoff(LOWEST);
        waits(backoff, 8);
        long first = backoff.begin();
        long second = backoff.begin();
        backoff.failed(first, 0);
        backoff.failed(second, 3000 * MILLI);
        assertThat(backoff.remainingNanos(3000 * MILLI)).isEqualTo(2000 * MILLI);
    }

    @Test
    void aSuccessEndsTheWaitAndTheSeriesBeginsAnew() {
        Backoff backoff = backoff(LOWEST);
        waits(backoff, 3);
        backoff.failed(backoff.begin(), 0);
        backoff.succeeded();
        assertThat(backoff.isOpen(1)).isTrue();
        assertThat(waitsMillis(backoff, 2)).containsExactly(100L, 200L);
    }

    @Test
    void aFailureAfterASuccessCountsWheneverItsAttemptBegan() {
        Backoff backoff = backoff(LOWEST);
        long old = backoff.begin();
        backoff.failed(backoff.begin(), 0);
        backoff.succeeded();
        backoff.failed(old, 0);
        assertThat(backoff.remainingNanos(0)).isEqualTo(100 * MILLI);
    }

    @Test
    void anAttemptFromBeforeASuccessDoesNotDoubleALaterLevel() {
        Backoff backoff = backoff(LOWEST);
        backoff.failed(backoff.begin(), 0);
        long old = backoff.begin();
        backoff.succeeded();
        backoff.failed(backoff.begin(), 0);
        backoff.failed(old, 0);
        assertThat(backoff.remainingNanos(0)).isEqualTo(100 * MILLI);
    }

    @Test
    void isClosedUntilTheWaitIsOverAndProbesUntilASuccess() {
        Backoff backoff = backoff(LOWEST);
        assertThat(backoff.isOpen(0)).isTrue();
        assertThat(backoff.isProbing()).isFalse();
        backoff.failed(backoff.begin(), 0);
        assertThat(backoff.isOpen(100 * MILLI - 1)).isFalse();
        assertThat(backoff.isOpen(100 * MILLI)).isTrue();
        assertThat(backoff.isProbing()).isTrue();
        backoff.succeeded();
        assertThat(backoff.isProbing()).isFalse();
    }

    @Test
    void neverWaitsWithoutABase() {
        Backoff backoff = new Backoff(0, 10_000 * MILLI, NEVER, HIGHEST);
        assertThat(waits(backoff, 3)).containsOnly(0L);
        assertThat(backoff.isProbing()).isFalse();
    }

    @Test
    void aBaseAboveTheLongestWaitIsCut() {
        assertThat(waitsMillis(new Backoff(9_000 * MILLI, 10_000 * MILLI, NEVER, LOWEST), 2))
                .containsExactly(5000L, 5000L);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, -1, 0, Long.MIN_VALUE})
    void staysBelowTheEndOfTimeWhateverTheClockSays(long now) {
        Backoff backoff = new Backoff(Long.MAX_VALUE, Long.MAX_VALUE, NEVER, HIGHEST);
        backoff.failed(backoff.begin(), now);
        backoff.failed(backoff.begin(), now);
        assertThat(backoff.remainingNanos(now)).isEqualTo(Long.MAX_VALUE - 2);
        assertThat(backoff.remainingNanos(now + 7)).isEqualTo(Long.MAX_VALUE - 9);
    }

    private static Backoff backoff(RandomGenerator random) {
        return new Backoff(100 * MILLI, 10_000 * MILLI, NEVER, random);
    }

    private static List<Long> waitsMillis(Backoff backoff, int failures) {
        return waits(backoff, failures).stream().map(TimeUnit.NANOSECONDS::toMillis).toList();
    }

    /// The waits after failures one after the other.
    private static List<Long> waits(Backoff backoff, int failures) {
        List<Long> waits = new ArrayList<>();
        long now = -5 * MILLI;
        for (int i = 0; i < failures; i++) {
            backoff.failed(backoff.begin(), now);
            waits.add(backoff.remainingNanos(now));
            now += backoff.remainingNanos(now);
        }
        return waits;
    }

    /// The number itself when it is not negative, else counted from the bound.
    private static RandomGenerator random(long number) {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new AssertionError("only a bounded number is asked for");
            }

            @Override
            public long nextLong(long bound) {
                return number < 0 ? bound + number : number;
            }
        };
    }
}
