package io.spillgate.config;

/// What happens to an event that finds a subscriber's queue full (seed: `backpressure_policy`).
public enum OverflowPolicy {
    /// The arriving event is not delivered to this subscriber; the waiting ones stay, in order.
    DROP_NEWEST,
    /// The oldest event whose bytes have not begun to be written is dropped.
    DROP_OLDEST,
    /// The publisher waits until every subscriber of the topic has room.
    BLOCK
}
