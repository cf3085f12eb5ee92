package io.spillgate.local;

/// What holds for a program as it does for publishers over HTTP.
///
/// @param maxDataBytes of one event (`http.max_body_size`)
/// @param blockNanos how long an event may wait for room (`hub.block_timeout`)
/// @param waitingBytes what the events that wait for room may hold together, an eighth of
///   `hub.memory`: nothing else bounds how many a program publishes at once
public record LocalLimits(int maxDataBytes, long blockNanos, long waitingBytes) {
    private static final int SHARE_OF_MEMORY = 8;

    /// The limits that follow from a configuration.
    ///
    /// @param memoryBytes what `hub.memory` comes to
    public static LocalLimits of(long maxDataBytes, long blockNanos, long memoryBytes) {
        return new LocalLimits(
                Math.toIntExact(maxDataBytes), blockNanos, memoryBytes / SHARE_OF_MEMORY);
    }
}
