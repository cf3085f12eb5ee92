package io.spillgate.broker;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Which log has to be looked at next because of its age: a binary heap by time, from which a log
/// can be taken out, so that nobody looks at all of them. Guarded by the broker's lock.
final class Expiries {
    private final Object lock;
    private final List<Entry> heap = new ArrayList<>();

    /// @param lock the broker's
    Expiries(Object lock) {
        this.lock = lock;
    }

    /// A log with the time at which it is due.
    static final class Entry {
        private final EventLog log;
        private long dueNanos;
        private int position = -1;

        Entry(EventLog log) {
            this.log = log;
        }

        boolean isScheduled() {
            return position >= 0;
        }
    }

    /// Has a log looked at, at this time and no other.
    void schedule(Entry entry, long dueNanos) {
        assert Thread.holdsLock(lock);
        entry.dueNanos = dueNanos;
        if (!entry.isScheduled()) {
            heap.add(entry);
            entry.position = heap.size() - 1;
        }
        settle(entry);
    }

    /// The log is not to be looked at.
    void cancel(Entry entry) {
        assert Thread.holdsLock(lock);
        if (entry.isScheduled()) {
            Entry last = heap.removeLast();
            if (last != entry) {
                place(last, entry.position);
                settle(last);
            }
            entry.position = -1;
        }
    }

    /// Takes a log whose time has come; null when there is none.
    @Nullable EventLog poll(long nowNanos) {
        assert Thread.holdsLock(lock);
        if (heap.isEmpty() || heap.getFirst().dueNanos - nowNanos > 0) {
            return null;
        }
        Entry first = heap.getFirst();
        cancel(first);
        return first.log;
    }

    private void settle(Entry entry) {
        for (int parent = (entry.position - 1) / 2;
                entry.position > 0 && isBefore(entry, heap.get(parent));
                parent = (entry.position - 1) / 2) {
            swap(entry, heap.get(parent));
        }
        for (Entry child = earlierChild(entry);
                child != null && isBefore(child, entry);
                child = earlierChild(entry)) {
            swap(entry, child);
        }
    }

    private @Nullable Entry earlierChild(Entry entry) {
        int left = 2 * entry.position + 1;
        if (left >= heap.size()) {
            return null;
        }
        Entry child = heap.get(left);
        boolean right = left + 1 < heap.size() && isBefore(heap.get(left + 1), child);
        return right ? heap.get(left + 1) : child;
    }

    private static boolean isBefore(Entry one, Entry other) {
        return one.dueNanos - other.dueNanos < 0;
    }

    private void swap(Entry one, Entry other) {
        int position = one.position;
        place(one, other.position);
        place(other, position);
    }

    private void place(Entry entry, int position) {
        heap.set(position, entry);
        entry.position = position;
    }
}
