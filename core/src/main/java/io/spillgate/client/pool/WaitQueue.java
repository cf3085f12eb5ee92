package io.spillgate.client.pool;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/// A FIFO of calls, linked through the calls themselves, so that adding and removing take constant
/// time. A call stands in at most one of a pool's two queues. Guarded by the pool's lock.
final class WaitQueue {
    private final ReentrantLock lock;
    private final Call.Place place;
    private @Nullable Call first;
    private @Nullable Call last;
    private int size;
    private int unpipelined;

    /// @param lock the pool's
    /// @param place of the calls in it
    WaitQueue(ReentrantLock lock, Call.Place place) {
        this.lock = lock;
        this.place = place;
    }

    @Nullable Call first() {
        assert lock.isHeldByCurrentThread();
        return first;
    }

    /// The first, when it is known that there is one.
    Call head() {
        return Objects.requireNonNull(first());
    }

    /// The first for which no connection is being opened; null when there is none.
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
    /// @return whether it was in this queue
    boolean remove(Call call) {
        assert lock.isHeldByCurrentThread();
        if (call.place != place) {
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
        call.place = Call.Place.NOWHERE;
        call.ahead = null;
        call.behind = null;
        size--;
        unpipelined -= call.isPipelinable() ? 0 : 1;
        return true;
    }

    private void added(Call call) {
        call.place = place;
        size++;
        unpipelined += call.isPipelinable() ? 0 : 1;
    }
}
