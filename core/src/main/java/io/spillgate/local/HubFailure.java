package io.spillgate.local;

import io.spillgate.http.RequestRefusal;
import io.spillgate.metrics.Cells;
import io.spillgate.metrics.Counter;

import org.jspecify.annotations.Nullable;

/// Why an event was not published, or a subscription not opened; the message is one sentence, and
/// names the key of the configuration where there is one.
///
/// Carries no stack trace: it is an answer, not a fault of ours.
public final class HubFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    HubFailure(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /// The kinds of failures, each with the status that HTTP has for it.
    public enum Reason {
        /// The topic or the event is not valid (400).
        INVALID(RequestRefusal.INVALID),
        /// The data is longer than `http.max_body_size` (413).
        TOO_LARGE(RequestRefusal.BODY),
        /// A subscriber of the topic had no room for `hub.block_timeout`, or it was not known in
        /// that time where a subscription begins (503).
        BLOCKED(RequestRefusal.BLOCKED),
        /// The hub is at a limit: `hub.memory`, `hub.max_topics`, `hub.max_watched_topics` (503).
        FULL(RequestRefusal.HUB_FULL),
        /// Nobody knows whether the event was published; with an id it is safe to repeat (503).
        UNCONFIRMED(RequestRefusal.UNCONFIRMED),
        /// The gateway is closed.
        CLOSED(null);

        private final @Nullable RequestRefusal counted;

        Reason(@Nullable RequestRefusal counted) {
            this.counted = counted;
        }
    }

    /// The kind of failure.
    public Reason reason() {
        return reason;
    }

    /// Counts it as HTTP's refusals are counted.
    HubFailure countIn(Cells cells) {
        if (reason.counted != null) {
            cells.add(Counter.REQUESTS_REJECTED, reason.counted);
        }
        return this;
    }

    static HubFailure closed() {
        return new HubFailure(Reason.CLOSED, "the gateway is closed");
    }
}
