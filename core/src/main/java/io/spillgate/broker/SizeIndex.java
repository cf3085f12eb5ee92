package io.spillgate.broker;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Finds one of the largest among many logs without looking at all of them: they stand in one list
/// for each power of two. Guarded by the broker's lock, as [Memory] asserts.
final class SizeIndex {
    private final List<List<Entry>> classes = new ArrayList<>();
    private long occupied;
    private long totalBytes;

    SizeIndex() {
        for (int i = 0; i < Long.SIZE; i++) {
            classes.add(new ArrayList<>());
        }
    }

    /// A log with its size.
    static final class Entry {
        private final EventLog log;
        private long bytes;
        private int position;

        Entry(EventLog log) {
            this.log = log;
        }
    }

    /// Takes over a changed size; 0 takes the log out.
    void update(Entry entry, long bytes) {
        totalBytes += bytes - entry.bytes;
        int before = sizeClass(entry.bytes);
        int after = sizeClass(bytes);
        if (before != after) {
            remove(entry, before);
            add(entry, after);
        }
        entry.bytes = bytes;
    }

    /// A log of which no other one is more than twice as large; null when there is none.
    @Nullable EventLog largest() {
        return occupied == 0 ? null : classes.get(sizeClass(occupied) - 1).getLast().log;
    }

    /// The sizes of all logs together.
    long totalBytes() {
        return totalBytes;
    }

    /// 0 for nothing, else the number of binary digits.
    private static int sizeClass(long bytes) {
        return Long.SIZE - Long.numberOfLeadingZeros(bytes);
    }

    private void remove(Entry entry, int sizeClass) {
        if (sizeClass == 0) {
            return;
        }
        List<Entry> entries = classes.get(sizeClass);
        Entry last = entries.removeLast();
        if (last != entry) {
            entries.set(entry.position, last);
            last.position = entry.position;
        }
        if (entries.isEmpty()) {
            occupied &= ~(1L << sizeClass);
        }
    }

    private void add(Entry entry, int sizeClass) {
        if (sizeClass == 0) {
            return;
        }
        List<Entry> entries = classes.get(sizeClass);
        entry.position = entries.size();
        entries.add(entry);
        occupied |= 1L << sizeClass;
    }
}
