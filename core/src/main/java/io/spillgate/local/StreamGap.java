package io.spillgate.local;

import io.spillgate.hub.Notice;
import io.spillgate.log.ResumePoint;

import org.jspecify.annotations.Nullable;

/// Events that a subscription does not get; what `stream-gap` says over HTTP.
///
/// @param reason why
/// @param dropped how many, for [Reason#OVERFLOW]; else 0: not known
/// @param after id of the last event before them; null when there was none
/// @param next id of the first event behind them; null when none is known
public record StreamGap(
        Reason reason, long dropped, @Nullable String after, @Nullable String next) {
    /// Why events are missing.
    public enum Reason {
        /// The listener was slow, and the topic's policy dropped them.
        OVERFLOW,
        /// They are no longer retained.
        EVICTED,
        /// The id to go on behind belongs to an earlier life of the hub.
        RESTARTED,
        /// Nobody has published an event with that id, or it is no longer retained.
        UNKNOWN
    }

    static StreamGap of(ResumePoint.Gap gap) {
        Reason reason =
                switch (gap.reason()) {
                    case EVICTED -> Reason.EVICTED;
                    case RESTARTED -> Reason.RESTARTED;
                    case UNKNOWN -> Reason.UNKNOWN;
                };
        return new StreamGap(reason, 0, gap.after(), gap.next());
    }

    static StreamGap of(Notice.Overflow overflow) {
        return new StreamGap(
                Reason.OVERFLOW, overflow.dropped(), overflow.after(), overflow.next());
    }
}
