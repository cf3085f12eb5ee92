package io.spillgate.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/// `[server]`: how long receiving a request may take, how many may run, shutdown, and health paths
/// (react-server).
///
/// @param keepAliveTimeout idle time between requests on a kept connection; then a silent close
/// @param headersTimeout from the first byte of a request (or the accept) to the end of its headers
/// @param requestTimeout headers and body received; 0 = off. Absent: 30 s for the headers, and for
///   each silence of the body, so that no upload that goes on is cut
/// @param maxConcurrentRequests requests that may run at once; 0 = no cap
/// @param backpressure the limit below that cap, and who waits
/// @param shutdownTimeout from the signal to the abort of what is left
/// @param drainGrace from the signal on, unless no connection is open or came lately: not ready,
///   but everything that comes is served and then its connection closed; at most half of
///   `shutdownTimeout`
/// @param lingerTimeout how long a client that was refused may go on sending before its connection
///   is closed, so that it reads the answer; and no silence longer than 5 s
/// @param websocket what the client of a tunnel hears, and has to say
/// @param healthPaths paths answered `200 ok` besides the built-in ones
/// @param readyPaths paths answered `200 ok` or `503 not ready` besides the built-in ones
public record ServerConfig(
        @Bare(ChronoUnit.MILLIS) Duration keepAliveTimeout,
        @Bare(ChronoUnit.MILLIS) Duration headersTimeout,
        @Bare(ChronoUnit.MILLIS) Optional<Duration> requestTimeout,
        int maxConcurrentRequests,
        BackpressureConfig backpressure,
        @Bare(ChronoUnit.MILLIS) Duration shutdownTimeout,
        @Bare(ChronoUnit.MILLIS) Duration drainGrace,
        @Bare(ChronoUnit.MILLIS) Duration lingerTimeout,
        WebsocketConfig websocket,
        List<String> healthPaths,
        List<String> readyPaths) {

    /// What holds for every key that is not set.
    public static final ServerConfig DEFAULT =
            new ServerConfig(
                    Duration.ofSeconds(65),
                    Duration.ofSeconds(66),
                    Optional.empty(),
                    0,
                    BackpressureConfig.DEFAULT,
                    Duration.ofSeconds(25),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30),
                    WebsocketConfig.DEFAULT,
                    List.of(),
                    List.of());

    public ServerConfig {
        Require.atLeast("keepAliveTimeout", keepAliveTimeout, Duration.ofMillis(1));
        Require.atLeast("headersTimeout", headersTimeout, Duration.ofMillis(1));
        requestTimeout.ifPresent(time -> Require.atLeast("requestTimeout", time, Duration.ZERO));
        Require.between("maxConcurrentRequests", maxConcurrentRequests, 0, 1_000_000);
        Require.atLeast("shutdownTimeout", shutdownTimeout, Duration.ZERO);
        Require.atLeast("drainGrace", drainGrace, Duration.ZERO);
        Require.atLeast("lingerTimeout", lingerTimeout, Duration.ZERO);
        healthPaths = List.copyOf(healthPaths);
        readyPaths = List.copyOf(readyPaths);
        paths("healthPaths", healthPaths);
        paths("readyPaths", readyPaths);
    }

    /// What holds of the shutdown's time at first, as `drainGrace` says.
    public Duration graceOfShutdown() {
        Duration half = shutdownTimeout.dividedBy(2);
        return half.compareTo(drainGrace) < 0 ? half : drainGrace;
    }

    private static void paths(String key, List<String> paths) {
        for (String path : paths) {
            if (!path.startsWith("/")) {
                throw new InvalidValue(key, "has \"" + path + "\", must begin with /");
            }
        }
    }
}
