package io.spillgate.admission;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.function.LongSupplier;

/// Those who wait for admission, in the order in which they came. Guarded by the admission's lock.
///
/// @param <T> what waits
final class AdmissionQueue<T> {
    private final SequencedSet<T> waiting = LinkedHashSet.newLinkedHashSet(0);
    private final Object lock;
    private final LongSupplier nanoTime;
    private long occupiedSinceNanos;

    /// @param lock the admission's
    /// @param nanoTime the clock
    AdmissionQueue(Object lock, LongSupplier nanoTime) {
        this.lock = lock;
        this.nanoTime = nanoTime;
    }

    int size() {
        assert Thread.holdsLock(lock);
        return waiting.size();
    }

    /// Whether somebody has been waiting for so long without a pause.
    boolean isOccupiedFor(long nanos) {
        assert Thread.holdsLock(lock);
        return !waiting.isEmpty() && nanoTime.getAsLong() - occupiedSinceNanos >= nanos;
    }

    void add(T waiter) {
        assert Thread.holdsLock(lock);
        if (waiting.isEmpty()) {
            occupiedSinceNanos = nanoTime.getAsLong();
        }
        waiting.addLast(waiter);
    }

    void remove(T waiter) {
        assert Thread.holdsLock(lock);
        waiting.remove(waiter);
    }

    /// Takes out who is served next; null when nobody waits.
    ///
    /// @param newest whether who came last is served first
    @Nullable T poll(boolean newest) {
        assert Thread.holdsLock(lock);
        if (waiting.isEmpty()) {
            return null;
        }
        return newest ? waiting.removeLast() : waiting.removeFirst();
    }
}
