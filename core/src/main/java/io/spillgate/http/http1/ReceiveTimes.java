package io.spillgate.http.http1;

import io.spillgate.config.Durations;
import io.spillgate.config.GatewayConfig;
import io.spillgate.config.ServerConfig;

import java.time.Duration;

/// Times of a connection that receives requests, in nanoseconds; `Long.MAX_VALUE` = no limit.
///
/// @param keepAliveNanos idle between requests
/// @param headNanos from the first byte, or the accept, to the end of the head
/// @param requestNanos from the first byte to the end of the body
/// @param bodySilenceNanos without a byte of a body that has an end
/// @param connectionNanos without a byte read or written
/// @param lingerNanos from a refusal to the close, while the client still sends
public record ReceiveTimes(
        long keepAliveNanos,
        long headNanos,
        long requestNanos,
        long bodySilenceNanos,
        long connectionNanos,
        long lingerNanos) {
    private static final long LONGEST_PERIOD_NANOS = 1_000_000_000L;
    private static final long SHORTEST_PERIOD_NANOS = 50_000_000L;

    /// For the head and each silence of the body, where no time is configured for the whole.
    private static final Duration USUAL_SILENCE = Duration.ofSeconds(30);

    /// The times that a configuration gives.
    public static ReceiveTimes of(GatewayConfig config) {
        ServerConfig server = config.server();
        long total = limit(server.requestTimeout().orElse(Duration.ZERO));
        long silence = server.requestTimeout().isPresent() ? Long.MAX_VALUE : limit(USUAL_SILENCE);
        long head = Math.min(total, silence);
        return new ReceiveTimes(
                Durations.nanos(server.keepAliveTimeout()),
                Math.min(Durations.nanos(server.headersTimeout()), head),
                total,
                silence,
                Durations.nanos(config.http().connectionTimeoutSec()),
                Durations.nanos(server.lingerTimeout()));
    }

    /// How often every connection has to be looked at.
    ///
    /// @param mostNanos another time that has to be kept
    public long visitPeriodNanos(long mostNanos) {
        long shortest = Math.min(keepAliveNanos, headNanos);
        shortest = Math.min(shortest, Math.min(requestNanos, bodySilenceNanos));
        shortest = Math.min(shortest, Math.min(connectionNanos, mostNanos));
        return Math.clamp(shortest / 8, SHORTEST_PERIOD_NANOS, LONGEST_PERIOD_NANOS);
    }

    private static long limit(Duration time) {
        return time.isZero() ? Long.MAX_VALUE : Durations.nanos(time);
    }
}
