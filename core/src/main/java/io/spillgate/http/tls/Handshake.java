package io.spillgate.http.tls;

/// How a handshake ended; the names are those of the metric's label.
public enum Handshake {
    /// With a new session.
    FULL,
    /// With the session of an earlier connection.
    RESUMED,
    /// Without a connection.
    FAILED
}
