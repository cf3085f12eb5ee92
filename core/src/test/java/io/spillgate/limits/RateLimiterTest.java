package io.spillgate.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillgate.config.Durations;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

final class RateLimiterTest {
    private static final ClientKey ALICE = new ClientKey(1, false);
    private static final ClientKey BOB = new ClientKey(2, false);
    private static final Duration MINUTE = Duration.ofSeconds(60);

    @Test
    void admitsTheLimitAndSaysWhenTheOldestLeaves() {
        RateLimiter limiter = new RateLimiter(2, MINUTE);

        assertThat(limiter.tryAcquire(ALICE, 1_000)).isZero();
        assertThat(limiter.tryAcquire(ALICE, 11_000)).isZero();
        assertThat(limiter.tryAcquire(ALICE, 12_000)).isEqualTo(49_000);
        assertThat(limiter.tryAcquire(ALICE, 60_999)).isEqualTo(1);
        assertThat(limiter.tryAcquire(ALICE, 61_000)).isZero();
        assertThat(limiter.tryAcquire(ALICE, 61_000)).isEqualTo(10_000);
    }

    @Test
    void doesNotCountARefusedRequest() {
        RateLimiter limiter = new RateLimiter(1, MINUTE);
        limiter.tryAcquire(ALICE, 0);
        for (long now = 1; now < 60_000; now += 1000) {
            assertThat(limiter.tryAcquire(ALICE, now)).isPositive();
        }

        assertThat(limiter.tryAcquire(ALICE, 60_000)).isZero();
    }

    @Test
    void countsEachClientForItself() {
        RateLimiter limiter = new RateLimiter(1, MINUTE);

        assertThat(limiter.tryAcquire(ALICE, 0)).isZero();
        assertThat(limiter.tryAcquire(BOB, 0)).isZero();
        assertThat(limiter.tryAcquire(new ClientKey(1, true), 0)).isZero();
        assertThat(limiter.tryAcquire(ALICE, 0)).isPositive();
        assertThat(limiter.tryAcquire(BOB, 0)).isPositive();
    }

    @Test
    void admitsEverythingWhenTheLimitIsOff() {
        RateLimiter limiter = new RateLimiter(0, MINUTE);
        for (int i = 0; i < 10_000; i++) {
            assertThat(limiter.tryAcquire(ALICE, 0)).isZero();
        }
        assertThat(limiter.keys()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 64, 1024})
    void agreesWithAListOfAllTimesInAnyWindow(int limit) {
        RateLimiter limiter = new RateLimiter(limit, Duration.ofSeconds(1));
        Random random = new Random(limit);
        List<Long> admitted = new ArrayList<>();
        long now = 1L << 31;
        for (int i = 0; i < 20_000; i++) {
            now +=
                    random.nextInt(20) == 0
                            ? random.nextInt(1500)
                            : random.nextInt(Math.max(2, 3000 / limit));
            long start = now - 1000;
            List<Long> inWindow = admitted.stream().filter(time -> time > start).toList();
            long expected = inWindow.size() < limit ? 0 : inWindow.getFirst() + 1000 - now;

            assertThat(limiter.tryAcquire(ALICE, now)).isEqualTo(expected);
            admitted = new ArrayList<>(inWindow);
            if (expected == 0) {
                admitted.add(now);
            }
        }
    }

    @Test
    void staysRightAfterASilenceInWhichStampsWrapAround() {
        RateLimiter limiter = new RateLimiter(2, MINUTE);
        limiter.tryAcquire(ALICE, 5);
        limiter.tryAcquire(ALICE, 6);
        long wrapped = (1L << 32) + 7;

        assertThat(limiter.tryAcquire(ALICE, wrapped)).isZero();
        assertThat(limiter.tryAcquire(ALICE, wrapped)).isZero();
        assertThat(limiter.tryAcquire(ALICE, wrapped)).isEqualTo(60_000);
    }

    @Test
    void takesAnEarlierTimeOfAnotherThreadForTheLatest() {
        RateLimiter limiter = new RateLimiter(2, MINUTE);
        limiter.tryAcquire(ALICE, 10_000);
        limiter.tryAcquire(ALICE, 9_990);

        assertThat(limiter.tryAcquire(ALICE, 69_999)).isEqualTo(1);
        assertThat(limiter.tryAcquire(ALICE, 70_000)).isZero();
        assertThat(limiter.tryAcquire(ALICE, 70_000)).isZero();
    }

    @Test
    void estimatesWithTwoCountersAboveTheExactLimits() {
        RateLimiter limiter = new RateLimiter(2000, Duration.ofSeconds(1));
        for (int i = 0; i < 2000; i++) {
            assertThat(limiter.tryAcquire(ALICE, 0)).isZero();
        }
        assertThat(limiter.tryAcquire(ALICE, 0)).isEqualTo(1001);
        assertThat(limiter.tryAcquire(ALICE, 999)).isEqualTo(2);
        assertThat(limiter.tryAcquire(ALICE, 1000)).isEqualTo(1);
        assertThat(admitted(limiter, 1500)).isEqualTo(1000);
        assertThat(limiter.tryAcquire(ALICE, 1500)).isEqualTo(1);
        assertThat(admitted(limiter, 10_000)).isEqualTo(2000);
    }

    @Test
    void waitsAsLongAsTheEstimateSays() {
        RateLimiter limiter = new RateLimiter(5000, Duration.ofSeconds(10));
        Random random = new Random(3);
        long now = 0;
        for (int i = 0; i < 100_000; i++) {
            now += random.nextInt(3);
            long wait = limiter.tryAcquire(ALICE, now);
            if (wait > 0) {
                now += wait - 1;
                assertThat(limiter.tryAcquire(ALICE, now)).isEqualTo(1);
                now += 1;
                assertThat(limiter.tryAcquire(ALICE, now)).isZero();
            }
        }
    }

    @Test
    void forgetsTheClientThatWasSilentLongestWhenTheTableIsFull() {
        RateLimiter limiter = new RateLimiter(1, MINUTE, 64 * 10);
        for (int i = 0; i < 100_000; i++) {
            limiter.tryAcquire(new ClientKey(i, false), 0);
            assertThat(limiter.tryAcquire(ALICE, 0) == 0).isEqualTo(i == 0);
        }

        assertThat(limiter.keys()).isEqualTo(640);
        assertThat(limiter.tryAcquire(new ClientKey(100, false), 0)).isZero();
        assertThat(limiter.tryAcquire(new ClientKey(99_999, false), 0)).isPositive();
    }

    @Test
    void forgetsClientsThatWereSilentForTwoWindows() {
        RateLimiter limiter = new RateLimiter(5, MINUTE);
        for (int i = 0; i < 10_000; i++) {
            limiter.tryAcquire(new ClientKey(i, true), 0);
        }
        assertThat(limiter.keys()).isEqualTo(10_000);
        for (int i = 0; i < 10_000; i++) {
            limiter.tryAcquire(new ClientKey(-1 - i, true), 120_000);
        }

        assertThat(limiter.keys()).isBetween(10_000, 10_100);
    }

    @Test
    void admitsExactlyTheLimitUnderContention() throws InterruptedException {
        RateLimiter limiter = new RateLimiter(1000, MINUTE);
        AtomicInteger admitted = new AtomicInteger();
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.length; i++) {
            threads[i] =
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int round = 0; round < 1000; round++) {
                                    if (limiter.tryAcquire(ALICE, 0) == 0) {
                                        admitted.incrementAndGet();
                                    }
                                }
                            });
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(admitted.get()).isEqualTo(1000);
    }

    @Test
    void takesWindowsOfAnyLength() {
        RateLimiter month = new RateLimiter(1, Duration.ofDays(30));
        assertThat(month.tryAcquire(ALICE, 0)).isZero();
        assertThat(month.tryAcquire(ALICE, Duration.ofDays(29).toMillis()))
                .isCloseTo(Duration.ofDays(1).toMillis(), org.assertj.core.data.Offset.offset(10L));
        assertThat(month.tryAcquire(ALICE, Duration.ofDays(30).toMillis() + 10)).isZero();

        RateLimiter forEver = new RateLimiter(1, Durations.INFINITE);
        assertThat(forEver.tryAcquire(ALICE, 0)).isZero();
        assertThat(forEver.tryAcquire(ALICE, Duration.ofDays(10_000).toMillis())).isPositive();
        assertThat(new RateLimiter(1, Duration.ofSeconds(Long.MAX_VALUE)).tryAcquire(ALICE, 0))
                .isZero();
    }

    @Test
    void refusesArgumentsWithoutMeaning() {
        assertThatThrownBy(() -> new RateLimiter(-1, MINUTE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RateLimiter(1, Duration.ofNanos(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RateLimiter(1, MINUTE, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static int admitted(RateLimiter limiter, long now) {
        int admitted = 0;
        while (limiter.tryAcquire(ALICE, now) == 0) {
            admitted++;
        }
        return admitted;
    }
}
