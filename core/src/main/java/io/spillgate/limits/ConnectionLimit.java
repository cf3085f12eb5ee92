package io.spillgate.limits;

import java.util.concurrent.atomic.AtomicInteger;

/// An exact count of what is open, and a cap on it: exactly that many are held, never one more.
///
/// Overflow action: [#tryAcquire()] says no, and the caller refuses. Any thread; one atomic
/// operation.
public final class ConnectionLimit {
    private final AtomicInteger active = new AtomicInteger();
    private volatile int limit;

    /// A cap of so many, at least 0.
    public ConnectionLimit(int limit) {
        setLimit(limit);
    }

    /// Takes one place. Who gets true must call [#release()] exactly once.
    ///
    /// @return false when all places are taken
    public boolean tryAcquire() {
        int held = active.get();
        while (held < limit) {
            int seen = active.compareAndExchange(held, held + 1);
            if (seen == held) {
                return true;
            }
            held = seen;
        }
        return false;
    }

    /// Gives a place back.
    ///
    /// @throws IllegalStateException when none is taken: some place was given back twice
    public void release() {
        if (active.decrementAndGet() < 0) {
            active.incrementAndGet();
            throw new IllegalStateException("release without acquire, limit " + limit);
        }
    }

    /// How many places are taken now.
    public int active() {
        return active.get();
    }

    /// How many there are.
    public int limit() {
        return limit;
    }

    /// Changes the cap. Places above a lower one stay taken until they are given back.
    public void setLimit(int limit) {
        if (limit < 0) {
            throw new IllegalArgumentException("limit is " + limit + ", must be at least 0");
        }
        this.limit = limit;
    }
}
