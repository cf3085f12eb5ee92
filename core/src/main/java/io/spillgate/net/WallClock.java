package io.spillgate.net;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// The time of day, for what outlives a process or comes from another machine. It runs with the
/// monotonic clock, and takes over a jump of the system's time when [#follow] is called. Thread
/// safe.
public final class WallClock {
    private static final long MOST_DEVIATION_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoTime;
    private final LongSupplier epochMillis;
    private volatile long offsetNanos;

    /// @param nanoTime the monotonic clock, in nanoseconds
    /// @param epochMillis the system's time, in milliseconds since 1970
    public WallClock(LongSupplier nanoTime, LongSupplier epochMillis) {
        this.nanoTime = nanoTime;
        this.epochMillis = epochMillis;
        offsetNanos = currentOffsetNanos();
    }

    /// Nanoseconds since 1970.
    public long epochNanos() {
        return nanoTime.getAsLong() + offsetNanos;
    }

    /// The monotonic clock, in nanoseconds, for waits.
    public long nanoTime() {
        return nanoTime.getAsLong();
    }

    /// Takes over the system's time if it was set, or the machine slept; to be called regularly.
    public void follow() {
        long offset = currentOffsetNanos();
        if (Math.abs(offset - offsetNanos) > MOST_DEVIATION_NANOS) {
            offsetNanos = offset;
        }
    }

    private long currentOffsetNanos() {
        return TimeUnit.MILLISECONDS.toNanos(epochMillis.getAsLong()) - nanoTime.getAsLong();
    }
}
