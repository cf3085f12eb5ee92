package io.spillgate.client;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.locks.ReentrantLock;

/// Calls in order; a call is in at most one line at a time. Adding, removing and asking take the
/// same time however long the line is. Guarded by the pool's lock.
final class WaitQueue {
    private final ReentrantLock lock;
    private @Nullable Call first;
    private @Nullable Call last;
    private int size;
    private int unpipelined;

    /// @param lock the pool's
    WaitQueue(ReentrantLock lock) {
        this.lock = lock;
    }

    @Nullable Call first() {
        assert lock.isHeldByCurrentThread();
        return first;
    }

    /// The first for whom no connection is being opened; null when there is none.
    @Nullable Call firstWithoutRace() {
        Call call = first();
        while (call != null && call.race != null) {
            call = call.behind;
        }
        return call;
    }

    int size() {
        assert lock.isHeldByCurrentThread();
        return size;
    }

    /// How many of them need a connection for themselves.
    int unpipelined() {
        return unpipelined;
    }

    void addLast(Call call) {
        assert lock.isHeldByCurrentThread();
        call.ahead = last;
        call.behind = null;
        if (last == null) {
            first = call;
        } else {
            last.behind = call;
        }
        last = call;
        added(call);
    }

    void addFirst(Call call) {
        assert lock.isHeldByCurrentThread();
        call.behind = first;
        call.ahead = null;
        if (first == null) {
            last = call;
        } else {
            first.ahead = call;
        }
        first = call;
        added(call);
    }

    /// Takes a call out.
    ///
    /// @return whether it was in this line
    boolean remove(Call call) {
        assert lock.isHeldByCurrentThread();
        if (call.queue != this) {
            return false;
        }
        if (call.ahead == null) {
            first = call.behind;
        } else {
            call.ahead.behind = call.behind;
        }
        if (call.behind == null) {
            last = call.ahead;
        } else {
            call.behind.ahead = call.ahead;
        }
        call.queue = null;
        call.ahead = null;
        call.behind = null;
        size--;
        unpipelined -= call.isPipelinable() ? 0 : 1;
        return true;
    }

    private void added(Call call) {
        call.queue = this;
        size++;
        unpipelined += call.isPipelinable() ? 0 : 1;
    }
}
