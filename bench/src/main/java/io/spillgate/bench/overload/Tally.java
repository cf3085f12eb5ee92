package io.spillgate.bench.overload;

import org.HdrHistogram.Histogram;

import java.util.Arrays;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/// What became of the requests of one reading.
final class Tally {
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final double STABLE = 0.9;

    private final long stepNanos;
    private final long deadlineNanos;
    private final double seconds;
    private final int[] slices;
    private final Histogram admitted = new Histogram(HIGHEST_NANOS, 3);
    private final Histogram refusals = new Histogram(HIGHEST_NANOS, 3);
    private long offered;
    private long good;
    private long late;
    private long refused;
    private long failed;
    private long unsent;

    /// @param stepNanos when the reading begins; what was due before is not counted
    /// @param nanos how long it takes
    /// @param deadlineNanos from when on an answer is late
    Tally(long stepNanos, long nanos, long deadlineNanos) {
        this.stepNanos = stepNanos;
        this.deadlineNanos = deadlineNanos;
        seconds = nanos / 1e9;
        slices = new int[(int) (nanos / SLICE_NANOS)];
    }

    /// A request came due.
    void offered(long dueNanos) {
        offered += counts(dueNanos);
    }

    /// It was answered as it should be.
    void served(long dueNanos, long nowNanos) {
        long latency = nowNanos - dueNanos;
        boolean inTime = latency <= deadlineNanos;
        long slice = Math.floorDiv(nowNanos - stepNanos, SLICE_NANOS);
        if (inTime && slice >= 0 && slice < slices.length) {
            slices[(int) slice]++;
        }
        if (counts(dueNanos) == 0) {
            return;
        }
        record(admitted, latency);
        if (inTime) {
            good++;
        } else {
            late++;
        }
    }

    /// It had no answer at the end; its age is the least that its latency can be.
    void unanswered(long dueNanos, long nowNanos) {
        if (counts(dueNanos) > 0) {
            late++;
            record(admitted, nowNanos - dueNanos);
        }
    }

    /// It was answered 503.
    void refused(long dueNanos, long nowNanos) {
        if (counts(dueNanos) > 0) {
            refused++;
            record(refusals, nowNanos - dueNanos);
        }
    }

    /// Anything else came, or the connection ended.
    void failed(long dueNanos) {
        failed += counts(dueNanos);
    }

    /// There was no idle connection before its deadline.
    void unsent(long dueNanos) {
        unsent += counts(dueNanos);
    }

    double offeredPerSecond() {
        return offered / seconds;
    }

    /// Answers within the deadline, a second.
    double goodput() {
        return good / seconds;
    }

    double refusedShare() {
        return share(refused);
    }

    /// Share of what was answered after the deadline, or not until the end.
    double lateShare() {
        return share(late);
    }

    double failedShare() {
        return share(failed);
    }

    double unsentShare() {
        return share(unsent);
    }

    /// Latency of what was not refused, late answers included.
    double admittedMillis(double percentile) {
        return admitted.getTotalCount() == 0
                ? Double.NaN
                : admitted.getValueAtPercentile(percentile) / 1e6;
    }

    double refusalMillis(double percentile) {
        return refusals.getTotalCount() == 0
                ? Double.NaN
                : refusals.getValueAtPercentile(percentile) / 1e6;
    }

    /// The first moment after which the goodput of every slice stays within a tenth of the final
    /// average, that of the second half; in milliseconds. Empty when the last slice is still below,
    /// or when nothing good came in that half.
    OptionalLong stableAfterMillis() {
        int[] lastHalf = Arrays.copyOfRange(slices, slices.length / 2, slices.length);
        double average = Arrays.stream(lastHalf).average().orElse(0);
        int last = slices.length - 1;
        while (last >= 0 && slices[last] >= STABLE * average) {
            last--;
        }
        return average < 1 || last == slices.length - 1
                ? OptionalLong.empty()
                : OptionalLong.of(TimeUnit.NANOSECONDS.toMillis((last + 1) * SLICE_NANOS));
    }

    /// Goodput of each slice.
    String slices() {
        return Arrays.toString(slices);
    }

    private int counts(long dueNanos) {
        return dueNanos >= stepNanos ? 1 : 0;
    }

    private double share(long of) {
        return offered == 0 ? 0 : (double) of / offered;
    }

    private static void record(Histogram histogram, long nanos) {
        histogram.recordValue(Math.clamp(nanos, 0, HIGHEST_NANOS));
    }
}
