package io.spillgate.config;

import java.time.Duration;

/// The keys that named destinations and host pools share (Pekko HTTP, `host-connection-pool`).
///
/// @param maxConnections connections of the pool, all addresses together
/// @param maxStreams event streams and tunnels of the pool, which are not among the connections; an
///   answer that would be one more is refused
/// @param minConnections connections that are kept open
/// @param maxRetries how often a failed request is attempted again, if it may be repeated
/// @param maxOpenRequests waiting and running requests together
/// @param maxConnectionLifetime age at which a connection is closed, as soon as it is idle; ±10 %
/// @param pipeliningLimit requests in flight on one connection
/// @param baseConnectionBackoff shortest pause after a failed connection attempt
/// @param maxConnectionBackoff longest pause after a failed connection attempt
/// @param keepAliveTimeout idle time after which we close a connection
/// @param responseEntitySubscriptionTimeout from the head of an answer until its reader has to take
///   content
/// @param queueTimeout longest wait for a connection
public record PoolConfig(
        int maxConnections,
        int maxStreams,
        int minConnections,
        int maxRetries,
        int maxOpenRequests,
        Duration maxConnectionLifetime,
        int pipeliningLimit,
        Duration baseConnectionBackoff,
        Duration maxConnectionBackoff,
        Duration keepAliveTimeout,
        Duration responseEntitySubscriptionTimeout,
        Duration queueTimeout) {

    /// More connections than any pool has: no limit of its own.
    public static final int UNLIMITED = 1_000_000;

    /// More requests than can wait and run in a destination, whatever its queue: no limit of its
    /// own.
    public static final int UNLIMITED_REQUESTS = 2_000_000_000;

    /// What holds in a host pool for every key that is not set.
    public static final PoolConfig DEFAULT =
            of(4, 1000, 32, Duration.ofMinutes(2), Durations.INFINITE);

    /// What holds in a destination for every key that is not set.
    public static final PoolConfig OF_DESTINATION =
            of(
                    UNLIMITED,
                    UNLIMITED,
                    UNLIMITED_REQUESTS,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(4));

    public PoolConfig {
        Require.between("maxConnections", maxConnections, 1, UNLIMITED);
        Require.between("maxStreams", maxStreams, 0, UNLIMITED);
        if (minConnections < 0 || minConnections > maxConnections) {
            throw new InvalidValue(
                    "minConnections",
                    "is "
                            + minConnections
                            + ", must be between 0 and max-connections, "
                            + maxConnections);
        }
        Require.between("maxRetries", maxRetries, 0, 100);
        Require.between("maxOpenRequests", maxOpenRequests, 1, UNLIMITED_REQUESTS);
        Require.atLeast("maxConnectionLifetime", maxConnectionLifetime, Duration.ofMillis(1));
        Require.between("pipeliningLimit", pipeliningLimit, 1, 1000);
        Require.atLeast("baseConnectionBackoff", baseConnectionBackoff, Duration.ZERO);
        Require.atLeast("maxConnectionBackoff", maxConnectionBackoff, Duration.ZERO);
        Require.atLeast("keepAliveTimeout", keepAliveTimeout, Duration.ZERO);
        Require.atLeast(
                "responseEntitySubscriptionTimeout",
                responseEntitySubscriptionTimeout,
                Duration.ofMillis(1));
        Require.atLeast("queueTimeout", queueTimeout, Duration.ZERO);
    }

    private static PoolConfig of(
            int connections, int streams, int open, Duration backoff, Duration keepAlive) {
        return new PoolConfig(
                connections,
                streams,
                0,
                5,
                open,
                Durations.INFINITE,
                1,
                Duration.ofMillis(100),
                backoff,
                keepAlive,
                Duration.ofSeconds(1),
                Duration.ofSeconds(10));
    }
}
