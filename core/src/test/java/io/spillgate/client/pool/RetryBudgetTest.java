package io.spillgate.client.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

class RetryBudgetTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final RetryBudget budget = new RetryBudget();

    @Test
    void allowsThreeASecondToAQuietPool() {
        assertThat(granted(100, 0)).isEqualTo(30);
    }

    @Test
    void allowsAFifthOfTheRequestsToABusyPool() {
        requests(1000, 0);
        assertThat(granted(1000, SECOND)).isEqualTo(200);
    }

    @Test
    void holdsTheFloorUntilAFifthIsMore() {
        requests(154, 0);
        assertThat(granted(100, 0)).isEqualTo(30);
        requests(1, 0);
        assertThat(granted(100, 0)).isEqualTo(1);
    }

    @Test
    void givesBackWhatWasTakenTenSecondsAgo() {
        assertThat(granted(20, 0)).isEqualTo(20);
        assertThat(granted(20, 5 * SECOND)).isEqualTo(10);
        assertThat(granted(20, 10 * SECOND - 1)).isZero();
        assertThat(granted(30, 10 * SECOND)).isEqualTo(20);
        assertThat(granted(30, 15 * SECOND)).isEqualTo(10);
    }

    @Test
    void forgetsRequestsOfTenSecondsAgo() {
        requests(1000, 0);
        assertThat(granted(1000, 10 * SECOND)).isEqualTo(30);
    }

    @Test
    void forgetsEverythingAfterALongSilence() {
        requests(1000, 0);
        assertThat(granted(100, 0)).isEqualTo(100);
        assertThat(granted(100, 1_000_000 * SECOND)).isEqualTo(30);
    }

    @Test
    void takesAClockThatIsALittleBehindAsTheLatestSecond() {
        assertThat(granted(20, 7 * SECOND)).isEqualTo(20);
        assertThat(granted(20, 6 * SECOND)).isEqualTo(10);
        assertThat(granted(40, 16 * SECOND)).isZero();
        assertThat(granted(40, 17 * SECOND)).isEqualTo(30);
    }

    @Test
    void agreesWithAListOfAllThatHappened() {
        SplittableRandom random = new SplittableRandom(3);
        Deque<Long> requests = new ArrayDeque<>();
        Deque<Long> retries = new ArrayDeque<>();
        long now = -20 * SECOND;
        for (int i = 0; i < 200_000; i++) {
            now +=
                    random.nextInt(100) == 0
                            ? random.nextLong(SECOND)
                            : random.nextLong(SECOND / 50);
            long oldest = Math.floorDiv(now, SECOND) - 9;
            requests.removeIf(second -> second < oldest);
            retries.removeIf(second -> second < oldest);
            if (random.nextInt(3) > 0) {
                budget.request(now);
                requests.add(Math.floorDiv(now, SECOND));
                continue;
            }
            boolean expected = retries.size() < Math.max(30, requests.size() / 5);
            assertThat(budget.tryRetry(now)).isEqualTo(expected);
            if (expected) {
                retries.add(Math.floorDiv(now, SECOND));
            }
        }
    }

    private void requests(int count, long nowNanos) {
        for (int i = 0; i < count; i++) {
            budget.request(nowNanos);
        }
    }

    private int granted(int asked, long nowNanos) {
        int granted = 0;
        for (int i = 0; i < asked; i++) {
            granted += budget.tryRetry(nowNanos) ? 1 : 0;
        }
        return granted;
    }
}
