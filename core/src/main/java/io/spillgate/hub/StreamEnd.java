package io.spillgate.hub;

/// Why an event stream ended; the values of `sse_disconnects_total{reason}`.
public enum StreamEnd {
    /// The client closed its side.
    CLIENT,
    /// Nothing got into the client's socket for `http.connection_timeout_sec`.
    TIMEOUT,
    /// Its queue stayed full for `http.connection_timeout_sec` under the policy `block`.
    BLOCKED,
    /// It had stopped in the middle of an event for `hub.stall_timeout` when `hub.memory` was full.
    MEMORY,
    /// The connection broke: reset, or a write failed.
    ERROR,
    /// An event of one of its topics will never come; its client comes back, and is told.
    LOST,
    /// The gateway shut down.
    SHUTDOWN
}
