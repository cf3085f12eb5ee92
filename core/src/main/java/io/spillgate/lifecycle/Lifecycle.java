package io.spillgate.lifecycle;

/// The state of the gateway, which says what is refused.
///
/// ```
///   STARTING ──▶ READY ──▶ DRAINING ──▶ CLOSED
///       └───────────┴──────────────────────▲
/// ```
///
/// Thread safe.
public final class Lifecycle {
    private volatile State state = State.STARTING;

    /// What the gateway does.
    public enum State {
        /// Nothing is bound yet.
        STARTING,
        /// Everything is served.
        READY,
        /// Not ready; answers carry `Connection: close`; what comes in the time of grace, and what
        /// runs then, is served while time remains.
        DRAINING,
        /// Nothing is served.
        CLOSED
    }

    /// The present state.
    public State state() {
        return state;
    }

    /// Whether everything is served.
    public boolean isReady() {
        return state == State.READY;
    }

    /// Whether the gateway shuts down or has done so.
    public boolean isEnding() {
        return state.compareTo(State.DRAINING) >= 0;
    }

    /// Everything is bound.
    public void ready() {
        advance(State.READY);
    }

    /// Begins the shutdown; true for the one call that does.
    public boolean drain() {
        return advance(State.DRAINING);
    }

    /// Ends everything; true for the one call that does.
    public boolean close() {
        return advance(State.CLOSED);
    }

    private synchronized boolean advance(State next) {
        boolean later = state.compareTo(next) < 0;
        state = later ? next : state;
        return later;
    }
}
