package io.spillgate.admission;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;

class AdaptiveLimitTest {
    private final AdaptiveLimit rule = new AdaptiveLimit(1, 1000, 0.95);

    @ParameterizedTest
    @CsvSource({"500, 7", "100, 22", "10, 40", "1, 49"})
    void fallsByATenthOfWhatItIs(int goal, int windows) {
        assertThat(falling(1000)).element(windows - 1).satisfies(at -> assertAtMost(at, goal));
        assertThat(falling(1000)).element(windows - 2).satisfies(at -> assertAbove(at, goal));
    }

    @ParameterizedTest
    @CsvSource({"1, 1000, 62", "100, 1000, 44", "10, 100, 14"})
    void risesByTheSquareRootOfWhatItIs(int from, int goal, int windows) {
        List<Integer> limits = rising(from);
        assertThat(limits.get(windows - 1)).isGreaterThanOrEqualTo(goal);
        assertThat(limits.get(windows - 2)).isLessThan(goal);
    }

    @Test
    void takesSmallStepsNearTheFloor() {
        assertThat(falling(10).subList(0, 9)).containsExactly(9, 8, 7, 6, 5, 4, 3, 2, 1);
        assertThat(rising(1).subList(0, 11))
                .containsExactly(2, 4, 6, 9, 12, 16, 20, 25, 30, 36, 42);
    }

    @Test
    void staysBetweenFloorAndCeiling() {
        AdaptiveLimit narrow = new AdaptiveLimit(90, 110, 0.95);
        assertThat(narrow.next(100, 100, 1)).isEqualTo(90);
        assertThat(narrow.next(90, 90, 1)).isEqualTo(90);
        assertThat(narrow.next(105, 0, 0)).isEqualTo(110);
        assertThat(narrow.next(110, 0, 0)).isEqualTo(110);
        assertThat(narrow.next(500, 0, 1)).isEqualTo(110);
    }

    @ParameterizedTest
    @CsvSource({"100, 50, 90", "100, 49, 100", "101, 51, 90", "101, 50, 101", "1, 0, 1", "1, 1, 1"})
    void fallsOnlyWhenAtLeastHalfOfItIsUsed(int limit, int inFlight, int next) {
        assertThat(rule.next(limit, inFlight, 1)).isEqualTo(next);
    }

    @ParameterizedTest
    @CsvSource({"0.9499, 110", "0.95, 90", "0.9501, 90"})
    void fallsAtTheUtilizationItself(double utilization, int next) {
        assertThat(rule.next(100, 100, utilization)).isEqualTo(next);
    }

    @Test
    void neverFallsWhenOnlyMoreThanFullWouldBeTooMuch() {
        AdaptiveLimit lenient = new AdaptiveLimit(1, 1000, 1);
        assertThat(lenient.next(100, 100, 0.9999)).isEqualTo(110);
        assertThat(lenient.next(100, 100, 1)).isEqualTo(90);
    }

    private List<Integer> falling(int from) {
        List<Integer> limits = new ArrayList<>();
        int limit = from;
        for (int window = 0; window < 60; window++) {
            limit = rule.next(limit, limit, 1);
            limits.add(limit);
        }
        return limits;
    }

    private List<Integer> rising(int from) {
        List<Integer> limits = new ArrayList<>();
        int limit = from;
        for (int window = 0; window < 70; window++) {
            limit = rule.next(limit, limit, 0);
            limits.add(limit);
        }
        return limits;
    }

    private static void assertAtMost(int at, int goal) {
        assertThat(at).isLessThanOrEqualTo(goal);
    }

    private static void assertAbove(int at, int goal) {
        assertThat(at).isGreaterThan(goal);
    }
}
