package io.spillgate.hub;

import io.spillgate.log.ResumePoint.Gap;

import org.jspecify.annotations.Nullable;

/// What the hub itself tells a subscriber, in whatever form its wire has for it.
public sealed interface Notice {
    /// What every stream begins with.
    ///
    /// @param retryMillis after which time to come back when the connection breaks
    /// @param gap what can't be replayed; null when nothing is missing
    /// @param anchor an id for a client that gets no event to begin with; null for none
    record Opening(long retryMillis, @Nullable Gap gap, @Nullable String anchor)
            implements Notice {}

    /// Events were dropped because the subscriber was slow.
    ///
    /// @param dropped how many
    /// @param after id of the last event before them; null when there was none
    /// @param next id of the first event after them; null when none has come yet
    record Overflow(long dropped, @Nullable String after, @Nullable String next)
            implements Notice {}

    /// The gateway goes.
    ///
    /// @param retryMillis after which time to come back
    record Shutdown(long retryMillis) implements Notice {}

    /// There is nothing to tell.
    record Keepalive() implements Notice {}
}
