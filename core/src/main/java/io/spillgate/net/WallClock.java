package io.spillgate.net;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// The time of day, for what outlives a process or comes from another machine.
///
/// It is the system's at the begin, and runs with the monotonic clock from there on: nothing
/// expires, or stays for ever, because somebody has set the system's time. Thread safe.
public final class WallClock {
    private final LongSupplier nanoTime;
    private final long offsetNanos;

    /// @param nanoTime the monotonic clock, in nanoseconds
    /// @param epochMillis the system's time, in milliseconds since 1970
    public WallClock(LongSupplier nanoTime, long epochMillis) {
        this.nanoTime = nanoTime;
        offsetNanos = TimeUnit.MILLISECONDS.toNanos(epochMillis) - nanoTime.getAsLong();
    }

    /// Nanoseconds since 1970.
    public long epochNanos() {
        return nanoTime.getAsLong() + offsetNanos;
    }

    /// The monotonic clock, in nanoseconds, for waits.
    public long nanoTime() {
        return nanoTime.getAsLong();
    }
}
