package io.spillgate.client.pool;

/// How a connection is lent out: the requests on it, whether it may take more, since when it is
/// idle. Guarded by the pool's lock, as [Ledger] asserts, but for what says otherwise.
final class LeaseState {
    private final ConnectionTimes times;
    int reserved;
    boolean exclusive;
    boolean closing;

    /// Whether it was idle and is to be closed.
    boolean leaving;

    /// Whether it carries an event stream or a tunnel.
    boolean stream;

    /// Written on the connection's loop only, and so may be read there without the lock.
    long idleSinceNanos;

    private volatile boolean fresh = true;
    private volatile long oldestNanos;

    LeaseState(ConnectionTimes times) {
        this.times = times;
    }

    /// Whether it has served no request and was never left idle. Any thread.
    boolean isFresh() {
        return fresh;
    }

    /// From now on it is not fresh. Any thread.
    void used() {
        fresh = false;
    }

    /// When the oldest request without an answer was sent; 0 = there is none. Any thread.
    void oldest(long sentNanos) {
        oldestNanos = sentNanos;
    }

    /// Whether it was idle for too long, or is too old, for another request. A fresh one is not.
    /// With the lock, or on the connection's loop.
    boolean isWornOut(long nowNanos) {
        return !fresh && times.isWornOut(idleSinceNanos, nowNanos);
    }

    /// Whether one more request may follow those on the way.
    boolean mayPipeline(int depth, long safeNanos, long nowNanos) {
        long oldest = oldestNanos;
        return reserved > 0
                && reserved < depth
                && !exclusive
                && !closing
                && !times.isExpired(nowNanos)
                && (oldest == 0 || nowNanos - oldest <= safeNanos);
    }
}
