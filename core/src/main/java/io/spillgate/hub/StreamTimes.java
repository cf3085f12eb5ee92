package io.spillgate.hub;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

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

    /// The turn of a stream to be looked at for a comment. Each has two turns in an interval, at
    /// times of its own: streams that were opened together, or got an event together, do not get
    /// their comments together.
    ///
    /// @param phase of the stream, 0 to 1
    int keepaliveTurn(long nowNanos, float phase) {
        long halfNanos = Math.max(1, keepaliveNanos / 2);
        return (int) ((nowNanos + (long) (halfNanos * phase)) / halfNanos);
    }

    /// Whether a stream would be silent for longer than the interval if it had to wait for its next
    /// turn.
    boolean isKeepaliveDue(long silentNanos) {
        return keepaliveNanos > 0 && silentNanos > keepaliveNanos * 9 / 16;
    }

    /// A reconnection time to tell, in milliseconds: between half and one and a half of the mean,
    /// so that clients do not come back all at once.
    long retryMillis() {
        long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(retryNanos));
        return ThreadLocalRandom.current().nextLong(millis - millis / 2, millis + millis / 2 + 1);
    }
}
