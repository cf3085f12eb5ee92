package io.spillgate.log;

import org.jspecify.annotations.Nullable;

/// Consecutive entries of a log, in an array that grows and shrinks by powers of two. Guarded by
/// the lock of the logs, but for [#peek].
final class Ring {
    private static final int SMALLEST = 4;

    private final Object lock;
    private volatile LogEntry[] entries = new LogEntry[SMALLEST];
    private long base;
    private long head;

    /// @param lock that of the logs
    Ring(Object lock) {
        this.lock = lock;
    }

    /// The index of the first entry.
    long base() {
        assert Thread.holdsLock(lock);
        return base;
    }

    /// The index of the next entry to come.
    long head() {
        assert Thread.holdsLock(lock);
        return head;
    }

    /// The entry at an index from [#base] to [#head] (exclusive).
    LogEntry get(long index) {
        assert Thread.holdsLock(lock);
        return entries[slot(index)];
    }

    /// The entry at an index if it is found without the lock; it always is for who has learned of
    /// the index and for whom it is kept. An array that is replaced keeps its entries, and a place
    /// that has another one by now is known by its index.
    @Nullable LogEntry peek(long index) {
        LogEntry[] all = entries;
        LogEntry entry = all[(int) index & (all.length - 1)];
        return entry != null && entry.index() == index ? entry : null;
    }

    void add(LogEntry entry) {
        assert Thread.holdsLock(lock);
        if (head - base == entries.length) {
            resize(entries.length * 2);
        }
        entries[slot(head++)] = entry;
    }

    LogEntry removeFirst() {
        assert Thread.holdsLock(lock);
        int slot = slot(base++);
        LogEntry entry = entries[slot];
        entries[slot] = null;
        return entry;
    }

    /// Gives memory back after entries were removed.
    void shrink() {
        if (entries.length > 64 && head - base < entries.length / 8) {
            resize(entries.length / 4);
        }
    }

    private int slot(long index) {
        return (int) index & (entries.length - 1);
    }

    private void resize(int length) {
        LogEntry[] resized = new LogEntry[length];
        for (long index = base; index < head; index++) {
            resized[(int) index & (length - 1)] = entries[slot(index)];
        }
        entries = resized;
    }
}
