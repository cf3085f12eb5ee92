package io.spillgate.config;

import java.time.Duration;
import java.util.Optional;

/// `[client]`: one connection to a backend (Pekko HTTP, `client`).
///
/// @param userAgentHeader sent when a request has no User-Agent; empty = none
/// @param connectingTimeout for the connection, with the TLS handshake and an HTTPS proxy
/// @param idleTimeout silence in both directions after which a connection is closed, also while an
///   answer is awaited
/// @param requestHeaderSizeHint first size of the buffer that a request's head is written to
/// @param socketOptions of the connections
/// @param proxy a proxy on the way to the backends
/// @param parsing limits of answers
/// @param logUnencryptedNetworkBytes how many bytes of each read and write are logged as a hexdump
/// @param websocket tunnels
/// @param streamCancellationDelay how long a connection may still finish an answer that nobody
///   wants any more, before it is closed
/// @param resolver the DNS server; absent = the system's
/// @param tls what is verified, and shown, on `https`
public record ClientConfig(
        String userAgentHeader,
        Duration connectingTimeout,
        Duration idleTimeout,
        ByteSize requestHeaderSizeHint,
        SocketOptionsConfig socketOptions,
        ProxyConfig proxy,
        ParsingConfig parsing,
        NetworkLog logUnencryptedNetworkBytes,
        WebsocketConfig websocket,
        Duration streamCancellationDelay,
        Optional<BindAddress> resolver,
        TlsConfig tls) {

    /// What holds for every key that is not set.
    public static final ClientConfig DEFAULT =
            new ClientConfig(
                    "spillgate/" + Build.version(),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(60),
                    new ByteSize(512),
                    SocketOptionsConfig.DEFAULT,
                    ProxyConfig.DEFAULT,
                    ParsingConfig.DEFAULT,
                    NetworkLog.OFF,
                    WebsocketConfig.DEFAULT,
                    Duration.ofMillis(100),
                    Optional.empty(),
                    TlsConfig.DEFAULT);

    public ClientConfig {
        if (!userAgentHeader.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new InvalidValue(
                    "userAgentHeader",
                    "has control or non-ASCII characters, must be printable ASCII");
        }
        resolver.ifPresent(ClientConfig::literalWithPort);
        Require.atLeast("connectingTimeout", connectingTimeout, Duration.ofMillis(1));
        Require.atLeast("idleTimeout", idleTimeout, Duration.ofMillis(1));
        Require.bytesBetween("requestHeaderSizeHint", requestHeaderSizeHint, 1, 64 * ByteSize.KIB);
        Require.atLeast("streamCancellationDelay", streamCancellationDelay, Duration.ZERO);
    }

    /// The same, with another time for the connection.
    ClientConfig connectingWithin(Duration time) {
        return new ClientConfig(
                userAgentHeader,
                time,
                idleTimeout,
                requestHeaderSizeHint,
                socketOptions,
                proxy,
                parsing,
                logUnencryptedNetworkBytes,
                websocket,
                streamCancellationDelay,
                resolver,
                tls);
    }

    private static void literalWithPort(BindAddress server) {
        boolean literal = server.host().matches("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
        if (!literal || server.port() < 1) {
            throw new InvalidValue(
                    "resolver",
                    "is \"" + server + "\", must be IP:port, as in 127.0.0.1:53 or [::1]:53");
        }
    }
}
