package io.spillgate.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// `[http-destinations.NAME]`: a named backend and its pool (Swindon).
///
/// @param addresses `host:port`, `[v6]:port` or `srv:_service._proto.name`; at least one
/// @param loadBalancing how a connection is chosen
/// @param queueSizeFor503 requests that may wait; the next one is answered 503 at once
/// @param backendConnectionsPerIpPort connections to one address
/// @param streamsPerIpPort event streams and tunnels of one address, which are not among the
///   connections; an answer that would be one more is refused
/// @param inFlightRequestsPerBackendConnection requests in flight on one connection
/// @param maxRequestTimeout from the first byte sent to the last byte received; absent: 30 s for
///   the head and for each silence behind it, so that no answer that goes on is cut
/// @param safePipelineTimeout age of a connection's oldest request beyond which it gets no other
/// @param overrideHostHeader sent as Host
/// @param rewriteLocation whether a redirect to that host becomes one to the host that the client
///   asked for
/// @param requestIdHeader name of a header that gets a new id for each request
/// @param tls whether the backends are spoken to by TLS
/// @param connectingTimeout as in `client`, which then has the same value
/// @param health when an address is left out
/// @param pool the keys of [HostPoolConfig]
/// @param client how its connections are
public record DestinationConfig(
        @Required List<String> addresses,
        LoadBalancing loadBalancing,
        int queueSizeFor503,
        int backendConnectionsPerIpPort,
        int streamsPerIpPort,
        int inFlightRequestsPerBackendConnection,
        Optional<Duration> maxRequestTimeout,
        Duration safePipelineTimeout,
        Optional<String> overrideHostHeader,
        boolean rewriteLocation,
        Optional<String> requestIdHeader,
        boolean tls,
        Optional<Duration> connectingTimeout,
        @Inline HealthConfig health,
        @Inline PoolConfig pool,
        @Inherits("client") ClientConfig client) {

    /// What holds for every key that is not set; it has no addresses, so it cannot be used as it
    /// is.
    public static final DestinationConfig DEFAULT = of(List.of());

    public DestinationConfig {
        addresses = List.copyOf(addresses);
        addresses.forEach(DestinationConfig::check);
        client = connectingTimeout.map(client::connectingWithin).orElse(client);
        Require.between("queueSizeFor503", queueSizeFor503, 0, 1_000_000_000);
        Require.between("backendConnectionsPerIpPort", backendConnectionsPerIpPort, 1, 100_000);
        Require.between("streamsPerIpPort", streamsPerIpPort, 0, 100_000);
        Require.between(
                "inFlightRequestsPerBackendConnection",
                inFlightRequestsPerBackendConnection,
                1,
                1000);
        maxRequestTimeout.ifPresent(
                time -> Require.atLeast("maxRequestTimeout", time, Duration.ofMillis(1)));
        Require.atLeast("safePipelineTimeout", safePipelineTimeout, Duration.ZERO);
        overrideHostHeader.ifPresent(host -> visible("overrideHostHeader", host));
        if (rewriteLocation && overrideHostHeader.isEmpty()) {
            throw new InvalidValue(
                    "rewriteLocation", "is true, but there is no override-host-header");
        }
        requestIdHeader.ifPresent(DestinationConfig::token);
    }

    /// A destination with default values.
    ///
    /// @param addresses as in the record
    public static DestinationConfig of(List<String> addresses) {
        return new DestinationConfig(
                addresses,
                LoadBalancing.QUEUE,
                100_000,
                100,
                10_000,
                1,
                Optional.empty(),
                Duration.ofMillis(300),
                Optional.empty(),
                false,
                Optional.empty(),
                false,
                Optional.empty(),
                HealthConfig.DEFAULT,
                PoolConfig.OF_DESTINATION,
                ClientConfig.DEFAULT);
    }

    private static void check(String address) {
        boolean srv = address.matches("srv:_[\\w-]+\\._[\\w-]+\\.[^\\s:/]+");
        HostPort place = HostPort.parse(address);
        if (srv || (place != null && place.port() >= 1 && place.port() <= 65_535)) {
            return;
        }
        String fix =
                place != null && place.port() == HostPort.NONE
                        ? " without a port, must be host:port, as in \"" + address + ":80\""
                        : ", must be host:port, [IPv6]:port or srv:_http._tcp.name, port 1 to"
                                + " 65535";
        throw new InvalidValue("addresses", "has \"" + address + "\"" + fix);
    }

    private static void visible(String key, String value) {
        if (value.isEmpty() || !value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new InvalidValue(key, "is \"" + value + "\", must be visible ASCII");
        }
    }

    private static void token(String name) {
        if (!name.matches(Require.TOKEN)) {
            throw new InvalidValue(
                    "requestIdHeader", "is \"" + name + "\", must be the name of a header");
        }
    }

    /// How a connection is chosen.
    public enum LoadBalancing {
        /// One queue for the destination; the next request goes to the next connection that is
        /// ready.
        QUEUE;

        @Override
        public String toString() {
            return "queue";
        }
    }
}
