package io.spillgate.log;

/// Someone who delivers events; one for each event loop.
public interface Watcher {
    /// A watched topic has something new, or something is asked of its deliverer: to be looked at
    /// by [Logs#look(Watch)]. Called on any thread, at most once between two looks; must only
    /// schedule work.
    void wake(Watch watch);
}
