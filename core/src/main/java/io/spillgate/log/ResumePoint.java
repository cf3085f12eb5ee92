package io.spillgate.log;

import org.jspecify.annotations.Nullable;

/// Where a subscriber begins in each of its topics, and what it has to be told first.
public final class ResumePoint {
    private final @Nullable Watch[] watches;
    private final long[] from;
    private final long[] heads;
    private final @Nullable Gap gap;
    private final @Nullable String anchor;

    ResumePoint(
            @Nullable Watch[] watches,
            long[] from,
            long[] heads,
            @Nullable Gap gap,
            @Nullable String anchor) {
        this.watches = watches;
        this.anchor = anchor;
        this.from = from;
        this.heads = heads;
        this.gap = gap;
    }

    /// The watch of the topic at this place of the request; null when the topic has no events: the
    /// subscriber gets everything that comes.
    public @Nullable Watch watch(int topic) {
        return watches[topic];
    }

    /// The first index to deliver of the topic at this place of the request.
    public long from(int topic) {
        return from[topic];
    }

    /// The index of the next event to be published; what is before it is a replay.
    public long head(int topic) {
        return heads[topic];
    }

    /// What can't be replayed; null when nothing is missing.
    public @Nullable Gap gap() {
        return gap;
    }

    /// The id that stands for everything up to now, for a client that gets no event to begin with;
    /// null when a replay gives it ids.
    public @Nullable String anchor() {
        return anchor;
    }

    /// Events that a client will never get.
    ///
    /// @param reason why
    /// @param after the id that the client gave
    /// @param next the id of the first event that it will get; null when none is retained
    public record Gap(Reason reason, String after, @Nullable String next) {}

    /// Why a stream can't be continued.
    public enum Reason {
        /// The events were published but are no longer retained.
        EVICTED,
        /// The id belongs to an earlier life of the hub.
        RESTARTED,
        /// Nobody has published an event with this id, or it is no longer retained.
        UNKNOWN
    }
}
