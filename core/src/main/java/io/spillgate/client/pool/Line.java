package io.spillgate.client.pool;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.locks.ReentrantLock;

/// Those who wait for the same connections, first come first served, and the connections that are
/// being opened for them. Guarded by the pool's lock, as [WaitQueue] asserts.
final class Line {
    private final @Nullable Endpoint at;
    private final WaitQueue waiting;
    private int opening;
    private int prompt;

    /// @param lock the pool's
    /// @param at to which address the connections have to be; null = to any
    Line(ReentrantLock lock, @Nullable Endpoint at) {
        this.at = at;
        waiting = new WaitQueue(lock, Call.Place.WAITING);
    }

    /// To which address the connections have to be; null = to any.
    @Nullable Endpoint at() {
        return at;
    }

    WaitQueue waiting() {
        return waiting;
    }

    /// How many connections are being opened.
    int opening() {
        return opening;
    }

    /// How many of them are promised soon: no address has failed, and none is taking long.
    int prompt() {
        return prompt;
    }

    /// One is being opened.
    void opens() {
        opening++;
        prompt++;
    }

    /// One that was promised soon is not any more.
    void lags() {
        prompt--;
    }

    /// One is opened, or will not be.
    void opened() {
        opening--;
    }

    /// How many stand here, not counting those for which connections are being opened.
    ///
    /// @param promised connections
    /// @param depth requests on each
    int unserved(int promised, int depth) {
        int alone = Math.min(waiting.unpipelined(), promised);
        long sharing = (long) (promised - alone) * depth;
        long served = alone + Math.min(waiting.size() - waiting.unpipelined(), sharing);
        return (int) (waiting.size() - served);
    }
}
