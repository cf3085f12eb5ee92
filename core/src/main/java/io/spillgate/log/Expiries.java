package io.spillgate.log;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// What has to be looked at next because of the time: a binary heap by due time, from which
/// anything can be taken out, so that nobody looks at all of it. Guarded by the lock of the logs.
final class Expiries<T> {
    private final Object lock;
    private final List<Entry<T>> heap = new ArrayList<>();

    /// @param lock that of the logs
    Expiries(Object lock) {
        this.lock = lock;
    }

    /// Something with the time at which it is due.
    static final class Entry<T> {
        private final T value;
        private long dueNanos;
        private int position = -1;

        Entry(T value) {
            this.value = value;
        }

        boolean isScheduled() {
            return position >= 0;
        }
    }

    /// Has something looked at, at this time and no other.
    void schedule(Entry<T> entry, long dueNanos) {
        assert Thread.holdsLock(lock);
        entry.dueNanos = dueNanos;
        if (!entry.isScheduled()) {
            heap.add(entry);
            entry.position = heap.size() - 1;
        }
        settle(entry);
    }

    /// It is not to be looked at.
    void cancel(Entry<T> entry) {
        assert Thread.holdsLock(lock);
        if (entry.isScheduled()) {
            Entry<T> last = heap.removeLast();
            if (last != entry) {
                place(last, entry.position);
                settle(last);
            }
            entry.position = -1;
        }
    }

    /// Takes one whose time has come; null when there is none.
    @Nullable T poll(long nowNanos) {
        assert Thread.holdsLock(lock);
        if (heap.isEmpty() || heap.getFirst().dueNanos - nowNanos > 0) {
            return null;
        }
        Entry<T> first = heap.getFirst();
        cancel(first);
        return first.value;
    }

    private void settle(Entry<T> entry) {
        for (int parent = (entry.position - 1) / 2;
                entry.position > 0 && isBefore(entry, heap.get(parent));
                parent = (entry.position - 1) / 2) {
            swap(entry, heap.get(parent));
        }
        for (Entry<T> child = earlierChild(entry);
                child != null && isBefore(child, entry);
                child = earlierChild(entry)) {
            swap(entry, child);
        }
    }

    private @Nullable Entry<T> earlierChild(Entry<T> entry) {
        int left = 2 * entry.position + 1;
        if (left >= heap.size()) {
            return null;
        }
        Entry<T> child = heap.get(left);
        boolean right = left + 1 < heap.size() && isBefore(heap.get(left + 1), child);
        return right ? heap.get(left + 1) : child;
    }

    private static boolean isBefore(Entry<?> one, Entry<?> other) {
        return one.dueNanos - other.dueNanos < 0;
    }

    private void swap(Entry<T> one, Entry<T> other) {
        int position = one.position;
        place(one, other.position);
        place(other, position);
    }

    private void place(Entry<T> entry, int position) {
        heap.set(position, entry);
        entry.position = position;
    }
}
