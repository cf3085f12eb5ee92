package io.spillgate.local;

import org.jspecify.annotations.Nullable;

/// Where a subscription begins.
///
/// @param lastEventId the last event that the subscriber has; null: only what comes from now on
public record StreamStart(@Nullable String lastEventId) {
    private static final StreamStart NOW = new StreamStart(null);
    private static final StreamStart EARLIEST = new StreamStart("earliest");

    /// With the next event that is published.
    public static StreamStart now() {
        return NOW;
    }

    /// With the oldest events that are retained.
    public static StreamStart earliest() {
        return EARLIEST;
    }

    /// Behind the event with this id, as [ReceivedEvent#id] or [Subscription#lastEventId] have it.
    /// What is not retained any more is told as a gap.
    public static StreamStart after(String lastEventId) {
        return new StreamStart(lastEventId);
    }
}
