package io.spillgate.app.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Collects what is wrong, so that all of it is told at once.
final class Problems {
    /// More lines than this help nobody; what is beyond is counted.
    private static final int MOST_LINES = 100;

    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, Integer> files = new LinkedHashMap<>();

    /// @param key the full path, or empty when the place says enough
    /// @param message what is wrong and what is allowed
    void add(Place place, String key, String message) {
        if (place instanceof Place.InFile(String file, int _)) {
            files.putIfAbsent(file, files.size());
        }
        problems.add(new Problem(place, key, message));
    }

    boolean isEmpty() {
        return problems.isEmpty();
    }

    /// One line each: files first, by line, then the environment, then `--set`.
    List<String> lines() {
        List<String> lines =
                problems.stream()
                        .sorted(
                                Comparator.comparingInt(this::rank)
                                        .thenComparingInt(Problems::line))
                        .map(Problem::toString)
                        .distinct()
                        .toList();
        if (lines.size() <= MOST_LINES) {
            return lines;
        }
        List<String> first = new ArrayList<>(lines.subList(0, MOST_LINES));
        first.add("and " + (lines.size() - MOST_LINES) + " more");
        return first;
    }

    private int rank(Problem problem) {
        return switch (problem.place()) {
            case Place.InFile(String file, int _) -> files.getOrDefault(file, 0);
            case Place.Variable _ -> Integer.MAX_VALUE - 1;
            case Place.Option _ -> Integer.MAX_VALUE;
        };
    }

    private static int line(Problem problem) {
        return problem.place() instanceof Place.InFile(String _, int line) ? line : 0;
    }

    private record Problem(Place place, String key, String message) {
        @Override
        public String toString() {
            return key.isEmpty() ? place + ": " + message : place + ": " + key + ": " + message;
        }
    }
}
