package io.spillgate.config;

/// What a request is to admission, the most important class first.
public enum RequestClass {
    /// A publication: it serves many.
    PUBLISH,
    /// A proxied request: somebody waits for the answer.
    REQUEST,
    /// A subscription with a last event id: its events will be evicted.
    RESUME,
    /// A new subscription.
    STREAM,
    /// What can wait.
    BULK
}
