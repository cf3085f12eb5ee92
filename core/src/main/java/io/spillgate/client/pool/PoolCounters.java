package io.spillgate.client.pool;

import io.spillgate.metrics.DurationHistogram;

import java.util.EnumMap;
import java.util.Map;

/// What a pool has counted since it was made. Guarded by the pool's lock, as [Ledger] asserts.
final class PoolCounters {
    /// Times until requests had their connections.
    final DurationHistogram waits = new DurationHistogram();

    /// Requests that came.
    long requests;

    /// Requests that were sent again at the expense of the budget.
    long retries;

    /// Requests that were sent again after a stale connection.
    long replays;

    private final Map<PoolFailure, Long> failures = new EnumMap<>(PoolFailure.class);

    PoolCounters() {
        for (PoolFailure cause : PoolFailure.values()) {
            failures.put(cause, 0L);
        }
    }

    void failed(PoolFailure cause) {
        failures.merge(cause, 1L, Long::sum);
    }

    /// A copy of the failures so far; every cause is there.
    Map<PoolFailure, Long> failures() {
        return new EnumMap<>(failures);
    }
}
