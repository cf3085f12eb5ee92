package io.spillgate.local;

import io.spillgate.hub.StreamEnd;

/// Why a subscription ended. After anything but [#CLOSED] and [#SHUTDOWN] another one can go on
/// behind [Subscription#lastEventId].
public enum SubscriptionEnd {
    /// It was closed.
    CLOSED,
    /// The listener was at one batch of events for `http.connection_timeout_sec` while more waited.
    TIMEOUT,
    /// Publishers waited for it for `http.connection_timeout_sec` under the policy `block`.
    BLOCKED,
    /// The listener was at a large event for `hub.stall_timeout` when `hub.memory` was full.
    MEMORY,
    /// An event of one of its topics will never come.
    LOST,
    /// The gateway shuts down.
    SHUTDOWN,
    /// The listener threw an exception, its executor takes nothing any more, or something of the
    /// gateway's failed; the log says what.
    FAILED;

    static SubscriptionEnd of(StreamEnd end) {
        return switch (end) {
            case CLIENT -> CLOSED;
            case TIMEOUT -> TIMEOUT;
            case BLOCKED -> BLOCKED;
            case MEMORY -> MEMORY;
            case LOST -> LOST;
            case SHUTDOWN -> SHUTDOWN;
            case ERROR -> FAILED;
        };
    }
}
