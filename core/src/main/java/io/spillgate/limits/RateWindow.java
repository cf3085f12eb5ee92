package io.spillgate.limits;

/// The requests of one client in the recent past. Not thread safe: each belongs to a stripe of the
/// [RateLimiter], which has a lock.
abstract sealed class RateWindow permits ExactWindow, CountedWindow {
    private long newestTick = Long.MIN_VALUE;

    /// Counts a request if there is room for it.
    ///
    /// @param tick the time now; an earlier one than before counts as that
    /// @return 0 when it was counted, else the ticks until there will be room
    final long tryAcquire(long tick) {
        newestTick = Math.max(newestTick, tick);
        return acquireAt(newestTick);
    }

    /// When this client came last, admitted or not.
    final long newestTick() {
        return newestTick;
    }

    abstract long acquireAt(long tick);
}
