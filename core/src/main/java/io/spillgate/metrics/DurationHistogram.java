package io.spillgate.metrics;

import java.util.Arrays;
import java.util.List;

/// A histogram of durations for one writer at a time; whoever writes or reads holds the same lock.
public final class DurationHistogram {
    private final long[] counts = new long[Buckets.COUNT];
    private long sumNanos;

    /// Counts one duration, in nanoseconds.
    public void add(long nanos) {
        counts[Buckets.indexOf(nanos)]++;
        sumNanos += nanos;
    }

    /// The counts of the buckets, each for itself.
    public List<Long> counts() {
        return Arrays.stream(counts).boxed().toList();
    }

    /// The sum of all durations, in nanoseconds.
    public long sumNanos() {
        return sumNanos;
    }
}
