package io.spillgate.client.pool;

/// Why a pool does not let a request in, and how full it was.
record Refusal(PoolFailure cause, String what, int connections, int running, int waiting) {
    /// Counts a refusal. With the pool's lock held.
    static Refusal of(Ledger ledger, PoolFailure cause, String what) {
        ledger.counters().failed(cause);
        return new Refusal(
                cause,
                what,
                ledger.connections().size() + ledger.connecting(),
                ledger.running().size(),
                ledger.unserved());
    }

    /// The same for people. Text takes time, so this is not for a thread that holds the lock.
    Failure failure(String pool) {
        return new Failure(
                cause,
                "%s: %s: %d connections, %d in flight, %d waiting"
                        .formatted(pool, what, connections, running, waiting));
    }
}
