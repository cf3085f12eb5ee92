package io.spillgate.admission;

import io.spillgate.config.RequestClass;

import org.jspecify.annotations.Nullable;

import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/// Those who wait, by class and in the order in which they came. Guarded by the admission's lock.
final class AdmissionQueue {
    private final Map<RequestClass, SequencedSet<Waiter>> classes =
            new EnumMap<>(RequestClass.class);
    private final Object lock;
    private final LongSupplier nanoTime;
    private int size;
    private long occupiedSinceNanos;

    /// @param lock the admission's
    /// @param nanoTime the clock
    AdmissionQueue(Object lock, LongSupplier nanoTime) {
        this.lock = lock;
        this.nanoTime = nanoTime;
        for (RequestClass kind : RequestClass.values()) {
            classes.put(kind, LinkedHashSet.newLinkedHashSet(0));
        }
    }

    int size() {
        assert Thread.holdsLock(lock);
        return size;
    }

    boolean hasAny(RequestClass kind) {
        assert Thread.holdsLock(lock);
        return !of(kind).isEmpty();
    }

    /// Whether somebody has been waiting for so long without a pause.
    boolean isOccupiedFor(long nanos) {
        assert Thread.holdsLock(lock);
        return size > 0 && nanoTime.getAsLong() - occupiedSinceNanos >= nanos;
    }

    void add(Waiter waiter) {
        assert Thread.holdsLock(lock);
        if (size++ == 0) {
            occupiedSinceNanos = nanoTime.getAsLong();
        }
        of(waiter.kind).addLast(waiter);
    }

    void remove(Waiter waiter) {
        assert Thread.holdsLock(lock);
        if (of(waiter.kind).remove(waiter)) {
            size--;
        }
    }

    /// The next of the most important class that may go; null when there is none.
    ///
    /// @param newest whether who came last is served first
    @Nullable Waiter next(Predicate<RequestClass> may, boolean newest) {
        assert Thread.holdsLock(lock);
        for (Map.Entry<RequestClass, SequencedSet<Waiter>> entry : classes.entrySet()) {
            SequencedSet<Waiter> waiters = entry.getValue();
            if (!waiters.isEmpty() && may.test(entry.getKey())) {
                return newest ? waiters.getLast() : waiters.getFirst();
            }
        }
        return null;
    }

    /// Who came last of the least important class, if that is less important than another one; null
    /// when there is none.
    @Nullable Waiter lessImportantThan(RequestClass kind) {
        assert Thread.holdsLock(lock);
        Waiter least = null;
        for (Map.Entry<RequestClass, SequencedSet<Waiter>> entry : classes.entrySet()) {
            if (entry.getKey().compareTo(kind) > 0 && !entry.getValue().isEmpty()) {
                least = entry.getValue().getLast();
            }
        }
        return least;
    }

    private SequencedSet<Waiter> of(RequestClass kind) {
        return Objects.requireNonNull(classes.get(kind));
    }
}
