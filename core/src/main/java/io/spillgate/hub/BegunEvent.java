package io.spillgate.hub;

import io.spillgate.broker.LogEntry;

import org.jspecify.annotations.Nullable;

/// The event of which a subscriber's socket has taken a part and no more. It can't be dropped, so
/// the log keeps it, and it counts in the memory of the logs. Confined to the subscriber's loop.
final class BegunEvent {
    private final Subscriber subscriber;
    private @Nullable TopicShard topic;
    private @Nullable LogEntry entry;

    BegunEvent(Subscriber subscriber) {
        this.subscriber = subscriber;
    }

    /// The socket has taken something of the current piece.
    void follow(Piece piece) {
        LogEntry begun = piece.isDone() || piece.isUntouched() ? null : piece.entry();
        if (begun == entry) {
            return;
        }
        letGo();
        TopicShard its = piece.topic();
        if (begun != null && its != null) {
            entry = begun;
            topic = its;
            its.hold(begun, subscriber);
        }
    }

    void letGo() {
        if (entry != null && topic != null) {
            topic.letGo(entry, subscriber);
        }
        entry = null;
        topic = null;
    }
}
