package io.spillgate.log;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Finds one of the largest of many without looking at all of them: they stand in one list for each
/// power of two. Guarded by the lock of the logs, as [Memory] asserts.
final class SizeIndex<T> {
    private final List<List<Entry<T>>> classes = new ArrayList<>();
    private long occupied;
    private long totalBytes;

    SizeIndex() {
        for (int i = 0; i < Long.SIZE; i++) {
            classes.add(new ArrayList<>());
        }
    }

    /// Something with its size.
    static final class Entry<T> {
        private final T value;
        private long bytes;
        private int position;

        Entry(T value) {
            this.value = value;
        }
    }

    /// Takes over a changed size; 0 takes it out.
    void update(Entry<T> entry, long bytes) {
        totalBytes += bytes - entry.bytes;
        int before = sizeClass(entry.bytes);
        int after = sizeClass(bytes);
        if (before != after) {
            remove(entry, before);
            add(entry, after);
        }
        entry.bytes = bytes;
    }

    /// One of which no other is more than twice as large; null when there is none.
    @Nullable T largest() {
        return occupied == 0 ? null : classes.get(sizeClass(occupied) - 1).getLast().value;
    }

    /// All sizes together.
    long totalBytes() {
        return totalBytes;
    }

    /// 0 for nothing, else the number of binary digits.
    private static int sizeClass(long bytes) {
        return Long.SIZE - Long.numberOfLeadingZeros(bytes);
    }

    private void remove(Entry<T> entry, int sizeClass) {
        if (sizeClass == 0) {
            return;
        }
        List<Entry<T>> entries = classes.get(sizeClass);
        Entry<T> last = entries.removeLast();
        if (last != entry) {
            entries.set(entry.position, last);
            last.position = entry.position;
        }
        if (entries.isEmpty()) {
            occupied &= ~(1L << sizeClass);
        }
    }

    private void add(Entry<T> entry, int sizeClass) {
        if (sizeClass == 0) {
            return;
        }
        List<Entry<T>> entries = classes.get(sizeClass);
        entry.position = entries.size();
        entries.add(entry);
        occupied |= 1L << sizeClass;
    }
}
