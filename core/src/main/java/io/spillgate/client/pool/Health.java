package io.spillgate.client.pool;

import io.spillgate.config.Durations;
import io.spillgate.config.HealthConfig;

/// Whether an address is to be left out while another one is well.
///
/// It is ill when it failed `max-fails` times, no two in a row further apart than `fail-timeout`,
/// and left out for that long. Then one request tries it, and it is left out for as long again,
/// until an answer says otherwise, or, if it was a connection that failed, another one.
///
/// Source: nginx, `max_fails` and `fail_timeout` of a server. Guarded by the pool's lock, as
/// [Ledger] asserts, but for what says otherwise.
final class Health {
    private final int maxFails;
    private final long timeoutNanos;
    private long failedNanos;
    private long checkedNanos;
    private boolean unconnected;
    private volatile int fails;

    Health(HealthConfig config) {
        maxFails = config.maxFails() == 0 ? Integer.MAX_VALUE : config.maxFails();
        timeoutNanos = Durations.nanos(config.failTimeout());
    }

    /// Whether nothing counts against it. Any thread.
    boolean isSpotless() {
        return fails == 0;
    }

    boolean isIll() {
        return fails >= maxFails;
    }

    /// Whether it is left out.
    boolean isOut(long nowNanos) {
        return isIll() && nowNanos - checkedNanos < timeoutNanos;
    }

    /// It failed.
    ///
    /// @param connecting whether no connection came about
    /// @return whether it is ill by this
    @SuppressWarnings("NonAtomicVolatileUpdate") // written with the lock
    boolean failed(boolean connecting, long nowNanos) {
        boolean before = isIll();
        if (!before && nowNanos - failedNanos >= timeoutNanos) {
            fails = 0;
        }
        fails = Math.min(fails + 1, Integer.MAX_VALUE - 1);
        failedNanos = nowNanos;
        checkedNanos = nowNanos;
        unconnected = connecting;
        return isIll() && !before;
    }

    /// A request goes there.
    void tried(long nowNanos) {
        if (isIll() && !isOut(nowNanos)) {
            checkedNanos = nowNanos;
        }
    }

    /// A connection was opened.
    void connected() {
        if (unconnected) {
            fails = 0;
        }
    }

    /// A request was answered.
    ///
    /// @param sentNanos when it was sent; what failed later still counts
    void answered(long sentNanos) {
        if (sentNanos - failedNanos > 0) {
            fails = 0;
        }
    }
}
