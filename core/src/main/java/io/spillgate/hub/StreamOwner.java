package io.spillgate.hub;

/// Who keeps the streams of one loop as long as they are open. Confined to the loop, as [Shard]
/// asserts.
interface StreamOwner {
    /// A stream was closed; called once for each.
    void left(Recipient stream, StreamEnd why);
}
