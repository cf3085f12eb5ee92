package io.spillgate.hub;

/// A stream whose socket has taken a part of an event and no more. Confined to its loop, as
/// [Subscriber] asserts.
interface Stalled {
    /// Cuts the stream if the event was begun long ago, so that it can go.
    void cutIfStalled(long nowNanos);
}
