package io.spillgate.broker;

/// A watcher's interest in a log, and what it last reported. Guarded by the broker's lock.
public final class Watch {
    final EventLog log;
    final Watcher watcher;

    /// Whether the watcher was woken and has not looked since.
    boolean woken;

    /// Everything before this index was offered to all subscribers of the watcher.
    long offeredTo;

    /// The first index that some subscriber of the watcher still has to read from the log.
    long keepFrom;

    /// The first index that waits in some subscriber's queue; replayed events do not count.
    long queuedFrom;

    Watch(EventLog log, Watcher watcher, long head) {
        this.log = log;
        this.watcher = watcher;
        offeredTo = head;
        keepFrom = head;
        queuedFrom = head;
    }

    /// The log that is watched.
    public EventLog log() {
        return log;
    }
}
