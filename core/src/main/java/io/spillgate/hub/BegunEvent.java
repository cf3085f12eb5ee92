package io.spillgate.hub;

import io.spillgate.log.LogEntry;

import org.jspecify.annotations.Nullable;

/// The event of which a subscriber's socket has taken a part and no more, or that a listener of
/// this process is at. It can't be dropped, so the log keeps it, and it counts in the memory of the
/// logs. Confined to the subscriber's loop, as [Subscriber] asserts.
final class BegunEvent {
    private final Stalled stream;
    private @Nullable Topic topic;
    private @Nullable LogEntry entry;
    private long sinceNanos;

    BegunEvent(Stalled stream) {
        this.stream = stream;
    }

    /// The socket has taken something of the current write.
    void follow(PendingWrite write, long nowNanos) {
        LogEntry begun = write.isDone() || write.isUntouched() ? null : write.entry();
        if (begun == entry) {
            return;
        }
        Topic its = write.topic();
        if (begun == null || its == null) {
            letGo();
        } else {
            begin(begun, its, nowNanos);
        }
    }

    /// An event was begun.
    void begin(LogEntry begun, Topic its, long nowNanos) {
        letGo();
        entry = begun;
        topic = its;
        sinceNanos = nowNanos;
        its.hold(begun, stream);
    }

    /// Whether it was begun so long ago: a socket that takes a byte now and then is no better than
    /// one that takes none.
    boolean isOlderThan(long nanos, long nowNanos) {
        return entry != null && nowNanos - sinceNanos >= nanos;
    }

    void letGo() {
        if (entry != null && topic != null) {
            topic.letGo(entry, stream);
        }
        entry = null;
        topic = null;
    }
}
