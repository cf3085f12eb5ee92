package io.spillgate.lifecycle;

import java.util.concurrent.atomic.AtomicReference;

/// The state of the gateway, which says what is refused.
///
/// ```
///   STARTING ──▶ READY ──▶ DRAINING ──▶ CLOSED
///       └───────────┴──────────────────────▲
/// ```
///
/// Thread safe.
public final class Lifecycle {
    private final AtomicReference<State> state = new AtomicReference<>(State.STARTING);

    /// What the gateway does.
    public enum State {
        /// Nothing is bound yet.
        STARTING,
        /// Everything is served.
        READY,
        /// Not ready; answers carry `Connection: close`; what runs is served while time remains.
        DRAINING,
        /// Nothing is served.
        CLOSED
    }

    /// The present state.
    public State state() {
        return state.get();
    }

    /// Whether a load balancer should send traffic.
    public boolean isReady() {
        return state.get() == State.READY;
    }

    /// Whether the gateway shuts down or has done so.
    public boolean isEnding() {
        return state.get().compareTo(State.DRAINING) >= 0;
    }

    /// Everything is bound.
    public void ready() {
        state.compareAndSet(State.STARTING, State.READY);
    }

    /// Begins the shutdown; true for the one call that does.
    public boolean drain() {
        State before = state.getAndUpdate(now -> now.compareTo(State.DRAINING) < 0 ? State.DRAINING : now);
        return before.compareTo(State.DRAINING) < 0;
    }

    /// Ends everything; true for the one call that does.
    public boolean close() {
        return state.getAndSet(State.CLOSED) != State.CLOSED;
    }
}
