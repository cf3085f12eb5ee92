package io.spillgate.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// The keys of `[http]` that say which web pages of other origins may use the hub, and read answers
/// of the gateway itself (Fetch standard, section 3.2).
///
/// @param corsAllowedOrigins `*`, or the origins that may read answers; empty = no CORS headers
/// @param corsAllowedMethods methods that a preflight is told
/// @param corsAllowedHeaders request headers allowed besides Authorization, Content-Type,
///   Last-Event-ID and Cache-Control
/// @param corsExposedHeaders headers of an answer that scripts may read
/// @param corsAllowCredentials whether pages of listed origins may send cookies
/// @param corsMaxAge how long a browser may keep the answer to a preflight
public record CorsConfig(
        List<String> corsAllowedOrigins,
        List<String> corsAllowedMethods,
        List<String> corsAllowedHeaders,
        List<String> corsExposedHeaders,
        boolean corsAllowCredentials,
        @Bare(ChronoUnit.SECONDS) Duration corsMaxAge) {

    /// What holds for every key that is not set.
    public static final CorsConfig DEFAULT =
            new CorsConfig(
                    List.of("*"),
                    List.of("GET", "OPTIONS"),
                    List.of(),
                    List.of(),
                    false,
                    Duration.ofMinutes(10));

    /// No page of another origin.
    public static final CorsConfig NONE =
            new CorsConfig(List.of(), List.of(), List.of(), List.of(), false, Duration.ZERO);

    public CorsConfig {
        corsAllowedOrigins = List.copyOf(corsAllowedOrigins);
        corsAllowedMethods = List.copyOf(corsAllowedMethods);
        corsAllowedHeaders = List.copyOf(corsAllowedHeaders);
        corsExposedHeaders = List.copyOf(corsExposedHeaders);
        Require.origins(
                "corsAllowedOrigins",
                corsAllowedOrigins,
                "corsAllowCredentials",
                corsAllowCredentials);
        Require.fieldMembers("corsAllowedOrigins", corsAllowedOrigins);
        Require.fieldMembers("corsAllowedMethods", corsAllowedMethods);
        Require.fieldMembers("corsAllowedHeaders", corsAllowedHeaders);
        Require.fieldMembers("corsExposedHeaders", corsExposedHeaders);
        Require.atLeast("corsMaxAge", corsMaxAge, Duration.ZERO);
    }
}
