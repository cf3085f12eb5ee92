package io.spillgate.hub;

/// The times of an open stream, in nanoseconds.
///
/// @param keepaliveNanos silence after which a comment is sent; 0 = never
/// @param timeoutNanos time without a byte taken by the socket after which the stream ends
/// @param stallNanos time without a byte taken by the socket after which a replay has no place of
///   admission any more, and an event that was begun may be cut
/// @param retryNanos mean of the reconnection time told to clients
public record StreamTimes(
        long keepaliveNanos, long timeoutNanos, long stallNanos, long retryNanos) {
    private static final long LONGEST_PERIOD_NANOS = 5_000_000_000L;
    private static final long SHORTEST_PERIOD_NANOS = 100_000_000L;

    /// How often every stream has to be looked at so that its times are kept within an eighth.
    long visitPeriodNanos() {
        long shortest = keepaliveNanos > 0 ? Math.min(keepaliveNanos, timeoutNanos) : timeoutNanos;
        return Math.clamp(shortest / 8, SHORTEST_PERIOD_NANOS, LONGEST_PERIOD_NANOS);
    }
}
