package io.spillgate.client.pool;

import static io.spillgate.config.Durations.nanos;

import io.spillgate.config.ClientConfig;
import io.spillgate.config.DestinationConfig;
import io.spillgate.config.Durations;
import io.spillgate.config.HealthConfig;
import io.spillgate.config.PoolConfig;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What a pool does, whichever section of the configuration it comes from.
///
/// @param name for people: the destination's name, or host:port
/// @param addresses as an [io.spillgate.client.connect.AddressBook] takes them
/// @param tls whether TLS is spoken
/// @param serverName for SNI and verification; empty = the name that an address was found by
/// @param queueSize requests that may wait
/// @param connectionsPerAddress connections to one address
/// @param streamsPerAddress streams of one address
/// @param depth requests in flight on one connection
/// @param requestNanos from the first byte sent to the last one received
/// @param silenceNanos without a byte of an answer that is awaited, and taken
/// @param safePipelineNanos age of a connection's oldest request beyond which it gets no other
/// @param balanced whether requests are spread over the addresses, each of which backs off on its
///   own; else any connection will do, and all addresses back off together
/// @param unusedNanos without a request, after which the pool goes away
/// @param health when an address is left out
/// @param pool the other keys
/// @param client how connections are
record PoolSettings(
        String name,
        List<String> addresses,
        boolean tls,
        String serverName,
        int queueSize,
        int connectionsPerAddress,
        int streamsPerAddress,
        int depth,
        long requestNanos,
        long silenceNanos,
        long safePipelineNanos,
        boolean balanced,
        long unusedNanos,
        HealthConfig health,
        PoolConfig pool,
        ClientConfig client) {

    /// For the head and each silence behind it, where no time is configured for the whole.
    private static final long USUAL_SILENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /// The pool of a named destination.
    static PoolSettings of(String name, DestinationConfig config) {
        return new PoolSettings(
                name,
                config.addresses(),
                config.tls(),
                "",
                config.queueSizeFor503(),
                config.backendConnectionsPerIpPort(),
                config.streamsPerIpPort(),
                Math.max(
                        config.inFlightRequestsPerBackendConnection(),
                        config.pool().pipeliningLimit()),
                config.maxRequestTimeout().map(Durations::nanos).orElse(Long.MAX_VALUE),
                config.maxRequestTimeout().isPresent() ? Long.MAX_VALUE : USUAL_SILENCE_NANOS,
                nanos(config.safePipelineTimeout()),
                true,
                Long.MAX_VALUE,
                config.health(),
                config.pool(),
                config.client());
    }

    /// The pool of a host that is not named in the configuration.
    static PoolSettings of(Target target, PoolConfig pool, Duration unused, ClientConfig client) {
        return new PoolSettings(
                target.toString(),
                List.of(target.toString()),
                target.tls(),
                target.host(),
                pool.maxOpenRequests(),
                pool.maxConnections(),
                pool.maxStreams(),
                pool.pipeliningLimit(),
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                nanos(DestinationConfig.DEFAULT.safePipelineTimeout()),
                false,
                nanos(unused),
                HealthConfig.OFF,
                pool,
                client);
    }
}
