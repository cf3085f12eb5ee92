package io.spillgate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

final class RequestIdsTest {
    private static final long NOW = 1_789_000_000_000L;

    private final RequestIds ids = new RequestIds();

    @Test
    void consistOf32LettersAndDigits() {
        for (int i = 0; i < 1000; i++) {
            assertThat(ids.next()).matches("[0-9A-Za-z]{32}");
        }
    }

    @Test
    void standInStringOrderInTheOrderOfTheirMaking() {
        String last = "";
        for (int i = 0; i < 200_000; i++) {
            String next = ids.next();
            assertThat(next.compareTo(last)).isPositive();
            last = next;
        }
    }

    @Test
    void standInStringOrderOverTheYearsOfTheClock() {
        List<String> made = new ArrayList<>();
        for (long millis = NOW; millis < 100L * NOW; millis += millis / 3) {
            made.add(ids.next(millis));
        }
        assertThat(made).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void goOnWhenTheClockIsSetBack() {
        String before = ids.next(NOW);
        String after = ids.next(NOW - 3_600_000);
        assertThat(after).isGreaterThan(before);
        assertThat(ids.next(NOW + 1)).isGreaterThan(after);
    }

    @Test
    void areUniqueOverAllThreads() throws Exception {
        Set<String> all = new TreeSet<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<List<String>>> made = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                made.add(threads.submit(() -> many(20_000)));
            }
            for (Future<List<String>> some : made) {
                assertThat(some.get()).isSorted();
                all.addAll(some.get());
            }
        }
        assertThat(all).hasSize(80_000);
    }

    @Test
    void ofTwoProcessesDiffer() {
        assertThat(ids.next(NOW)).isNotEqualTo(new RequestIds().next(NOW));
    }

    private List<String> many(int count) {
        List<String> some = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            some.add(ids.next());
        }
        return some;
    }
}
