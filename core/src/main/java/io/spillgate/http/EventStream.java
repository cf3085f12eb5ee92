package io.spillgate.http;

/// Whoever feeds an open event stream. Called on the connection's loop.
public interface EventStream {
    /// The connection broke; called before [#gone].
    void broken();

    /// The connection is closed.
    void gone();
}
