package io.spillgate.log;

import io.spillgate.sse.Event;

import org.jspecify.annotations.Nullable;

/// An event that is to be appended, and waits for room if there is none. Guarded by the lock of the
/// logs, as [Appender] asserts.
final class Offer {
    final String topic;
    final Event event;
    final Publisher publisher;

    /// What the event takes in a log.
    final long footprint;

    /// What holds for the topic by these rules; null when it had a log a moment ago.
    final TopicRules rules;

    final @Nullable TopicSettings settings;

    private Expiries.@Nullable Entry<Offer> deadline;

    /// Whether it is memory that the event was short of when it was tried last.
    boolean lacksMemory;

    Offer(
            String topic,
            Event event,
            Publisher publisher,
            long footprint,
            TopicRules rules,
            @Nullable TopicSettings settings) {
        this.topic = topic;
        this.event = event;
        this.publisher = publisher;
        this.footprint = footprint;
        this.rules = rules;
        this.settings = settings;
    }

    /// When it is given up; made for an event that waits, which few do.
    Expiries.Entry<Offer> deadline() {
        if (deadline == null) {
            deadline = new Expiries.Entry<>(this);
        }
        return deadline;
    }
}
