package io.spillgate.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// `[server]`: how long receiving a request may take, how many may run, shutdown, and health paths
/// (react-server).
///
/// @param keepAliveTimeout idle time between requests on a kept connection; then a silent close
/// @param headersTimeout from the first byte of a request (or the accept) to the end of its headers
/// @param requestTimeout headers and body received; 0 = off
/// @param maxConcurrentRequests requests that may run at once; 0 = no cap
/// @param backpressure the limit below that cap, and who waits
/// @param shutdownTimeout from the signal to the abort of what is left
/// @param healthPaths paths answered `200 ok` besides the built-in ones
/// @param readyPaths paths answered `200 ok` or `503 not ready` besides the built-in ones
public record ServerConfig(
        @Bare(ChronoUnit.MILLIS) Duration keepAliveTimeout,
        @Bare(ChronoUnit.MILLIS) Duration headersTimeout,
        @Bare(ChronoUnit.MILLIS) Duration requestTimeout,
        int maxConcurrentRequests,
        BackpressureConfig backpressure,
        @Bare(ChronoUnit.MILLIS) Duration shutdownTimeout,
        List<String> healthPaths,
        List<String> readyPaths) {

    /// What holds for every key that is not set.
    public static final ServerConfig DEFAULT =
            new ServerConfig(
                    Duration.ofSeconds(65),
                    Duration.ofSeconds(66),
                    Duration.ofSeconds(30),
                    0,
                    BackpressureConfig.DEFAULT,
                    Duration.ofSeconds(25),
                    List.of(),
                    List.of());

    public ServerConfig {
        Require.atLeast("keepAliveTimeout", keepAliveTimeout, Duration.ofMillis(1));
        Require.atLeast("headersTimeout", headersTimeout, Duration.ofMillis(1));
        Require.atLeast("requestTimeout", requestTimeout, Duration.ZERO);
        Require.between("maxConcurrentRequests", maxConcurrentRequests, 0, 1_000_000);
        Require.atLeast("shutdownTimeout", shutdownTimeout, Duration.ZERO);
        healthPaths = List.copyOf(healthPaths);
        readyPaths = List.copyOf(readyPaths);
        paths("healthPaths", healthPaths);
        paths("readyPaths", readyPaths);
    }

    private static void paths(String key, List<String> paths) {
        for (String path : paths) {
            if (!path.startsWith("/")) {
                throw new InvalidValue(key, "has \"" + path + "\", must begin with /");
            }
        }
    }
}
