package io.spillgate.metrics;

import io.spillgate.client.pool.PoolFailure;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Reports of pools as an engine would make them.
final class PoolReports {
    private PoolReports() {}

    /// A pool that nobody has used.
    static PoolReport untouched(String destination) {
        return report(destination, new int[9], Map.of(), new DurationHistogram());
    }

    /// A pool whose numbers are all different: `first`, `first + 1` and so on, in the order of the
    /// report's fields.
    static PoolReport used(
            String destination,
            int first,
            Map<PoolFailure, Long> failures,
            DurationHistogram waits) {
        int[] numbers = IntStream.range(first, first + 9).toArray();
        return report(destination, numbers, failures, waits);
    }

    private static PoolReport report(
            String destination,
            int[] numbers,
            Map<PoolFailure, Long> failed,
            DurationHistogram waits) {
        Map<PoolFailure, Long> failures = new EnumMap<>(PoolFailure.class);
        for (PoolFailure cause : PoolFailure.values()) {
            failures.put(cause, failed.getOrDefault(cause, 0L));
        }
        return new PoolReport(
                destination,
                numbers[0],
                numbers[1],
                numbers[2],
                numbers[8],
                numbers[3],
                numbers[4],
                numbers[5],
                numbers[6],
                numbers[7],
                failures,
                waits.counts(),
                waits.sumNanos(),
                List.of(),
                List.of());
    }
}
