package io.spillgate.log;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;

/// Entries of a log that stay readable although the log goes on without them, each as long as some
/// subscriber holds it. Guarded by the lock of the logs, as [EventLog] asserts.
final class Pins {
    private final Map<Long, LogEntry> entries = HashMap.newHashMap(0);
    private long bytes;

    /// Whether an entry may be held: it is already, or fits into so many bytes.
    boolean admits(LogEntry entry, long mostBytes) {
        return entry.pins > 0 || bytes + entry.bytes() <= mostBytes;
    }

    /// The entry at an index; null when it is not held.
    @Nullable LogEntry get(long index) {
        return entries.get(index);
    }

    /// Holds an entry once more.
    void add(LogEntry entry) {
        if (entry.pins++ == 0) {
            entries.put(entry.index(), entry);
            bytes += entry.bytes();
        }
    }

    /// Holds an entry once less.
    ///
    /// @return the entry if nobody holds it any more, else null
    @Nullable LogEntry remove(long index) {
        LogEntry entry = entries.get(index);
        if (entry == null || --entry.pins > 0) {
            return null;
        }
        entries.remove(index);
        bytes -= entry.bytes();
        return entry;
    }
}
