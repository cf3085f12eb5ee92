package io.spillgate.http.http1;

import io.spillgate.config.Durations;
import io.spillgate.config.GatewayConfig;
import io.spillgate.config.ServerConfig;

/// Times of a connection that receives requests, in nanoseconds.
///
/// @param keepAliveNanos idle between requests
/// @param headNanos from the first byte, or the accept, to the end of the head
/// @param requestNanos from the first byte to the end of the body; `Long.MAX_VALUE` = no limit
/// @param connectionNanos without a byte read or written
public record ReceiveTimes(
        long keepAliveNanos, long headNanos, long requestNanos, long connectionNanos) {
    private static final long LONGEST_PERIOD_NANOS = 1_000_000_000L;
    private static final long SHORTEST_PERIOD_NANOS = 50_000_000L;

    /// The times that a configuration gives.
    public static ReceiveTimes of(GatewayConfig config) {
        ServerConfig server = config.server();
        return new ReceiveTimes(
                Durations.nanos(server.keepAliveTimeout()),
                Durations.nanos(server.headersTimeout()),
                server.requestTimeout().isZero()
                        ? Long.MAX_VALUE
                        : Durations.nanos(server.requestTimeout()),
                Durations.nanos(config.http().connectionTimeoutSec()));
    }

    /// How often every connection has to be looked at.
    ///
    /// @param mostNanos another time that has to be kept
    public long visitPeriodNanos(long mostNanos) {
        long shortest =
                Math.min(
                        Math.min(keepAliveNanos, headNanos),
                        Math.min(requestNanos, connectionNanos));
        return Math.clamp(
                Math.min(shortest, mostNanos) / 8, SHORTEST_PERIOD_NANOS, LONGEST_PERIOD_NANOS);
    }
}
