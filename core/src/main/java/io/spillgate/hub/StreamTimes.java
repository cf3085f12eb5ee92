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

    /// A reconnection time to tell, in milliseconds: between half and one and a half of the mean,
    /// so that clients do not come back all at once.
    long retryMillis() {
        long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(retryNanos));
        return ThreadLocalRandom.current().nextLong(millis - millis / 2, millis + millis / 2 + 1);
    }
}
