package io.spillgate.client.pool;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/// A FIFO of calls, linked through the calls themselves, so that adding and removing take constant
/// time. A call stands in at most one queue of its pool. Guarded by the pool's lock.
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

    /// Copies the first ones, as long as a condition holds.
    void copyTo(List<Call> list, Predicate<Call> condition) {
        for (Call call = first(); call != null && condition.test(call); call = call.behind) {
            list.add(call);
        }
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
        addBefore(null, call);
    }

    void addFirst(Call call) {
        addBefore(first, call);
    }

    /// @param next who is to stand behind it; null = nobody
    void addBefore(@Nullable Call next, Call call) {
        assert lock.isHeldByCurrentThread();
        Call before = next == null ? last : next.ahead;
        call.ahead = before;
        call.behind = next;
        if (before == null) {
            first = call;
        } else {
            before.behind = call;
        }
        if (next == null) {
            last = call;
        } else {
            next.ahead = call;
        }
        call.place = place;
        size++;
        unpipelined += call.isPipelinable() ? 0 : 1;
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
}
