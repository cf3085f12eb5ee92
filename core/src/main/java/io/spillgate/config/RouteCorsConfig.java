package io.spillgate.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/// `cors` of a route to a backend: the gateway answers preflights and adds the CORS headers,
/// instead of the backend.
///
/// @param origins as `http.cors_allowed_origins`, which absent keys stand for
/// @param methods as `http.cors_allowed_methods`
/// @param headers all request headers that are allowed
/// @param expose as `http.cors_exposed_headers`
/// @param credentials as `http.cors_allow_credentials`
/// @param maxAge as `http.cors_max_age`
@Word("gateway")
public record RouteCorsConfig(
        Optional<List<String>> origins,
        Optional<List<String>> methods,
        Optional<List<String>> headers,
        Optional<List<String>> expose,
        Optional<Boolean> credentials,
        @Bare(ChronoUnit.SECONDS) Optional<Duration> maxAge) {
    public RouteCorsConfig {
        origins.ifPresent(
                own -> Require.origins("origins", own, "credentials", credentials.orElse(false)));
        origins.ifPresent(own -> Require.fieldMembers("origins", own));
        methods.ifPresent(own -> Require.fieldMembers("methods", own));
        headers.ifPresent(own -> Require.fieldMembers("headers", own));
        expose.ifPresent(own -> Require.fieldMembers("expose", own));
        maxAge.ifPresent(own -> Require.atLeast("maxAge", own, Duration.ZERO));
    }
}
