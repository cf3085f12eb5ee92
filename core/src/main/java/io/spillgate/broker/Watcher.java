package io.spillgate.broker;

/// Someone who delivers a topic's events; one for each event loop that has subscribers of it.
public interface Watcher {
    /// There are events after the last report. Called on the publisher's thread, at most once
    /// between two calls of [EventLog#head(Watch)]; must only schedule work.
    void wake();
}
