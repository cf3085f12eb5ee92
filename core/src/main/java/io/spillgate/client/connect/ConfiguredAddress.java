package io.spillgate.client.connect;

import io.netty.util.NetUtil;
import io.spillgate.config.HostPort;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

/// One of a pool's addresses as it is configured.
sealed interface ConfiguredAddress {
    /// An IP literal.
    record Literal(InetSocketAddress address) implements ConfiguredAddress {}

    /// A name and a port.
    record Host(String name, int port) implements ConfiguredAddress {
        /// Its port at all these IPs, each of which gets the name.
        List<InetSocketAddress> at(List<InetAddress> ips) {
            return ips.stream().map(this::at).toList();
        }

        private InetSocketAddress at(InetAddress ip) {
            try {
                InetAddress named = InetAddress.getByAddress(name, ip.getAddress());
                return new InetSocketAddress(named, port);
            } catch (UnknownHostException e) {
                throw new IllegalStateException("an IP with a wrong number of bytes", e);
            }
        }
    }

    /// A service of the DNS (RFC 2782), such as `_http._tcp.example.com`.
    record Service(String name) implements ConfiguredAddress {}

    /// Reads `host:port`, `[v6]:port` or `srv:_service._proto.name`.
    ///
    /// @throws IllegalArgumentException when it is none of these
    static ConfiguredAddress parse(String text) {
        if (text.startsWith("srv:") && text.length() > "srv:".length()) {
            return new Service(text.substring("srv:".length()));
        }
        HostPort place = HostPort.parse(text);
        if (place == null || place.port() == HostPort.NONE) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" must be host:port, [IPv6]:port or srv:_http._tcp.name");
        }
        if (place.port() < 1 || place.port() > 65_535) {
            throw new IllegalArgumentException("\"" + text + "\" has no port from 1 to 65535");
        }
        return of(place.host(), place.port());
    }

    /// A host, and a port of it.
    ///
    /// @param host a name, or an IP without brackets
    static ConfiguredAddress of(String host, int port) {
        Optional<InetAddress> ip = literal(host);
        return ip.isPresent()
                ? new Literal(new InetSocketAddress(ip.get(), port))
                : new Host(host, port);
    }

    /// The IP that a text spells, if it does.
    static Optional<InetAddress> literal(String host) {
        if (!NetUtil.isValidIpV4Address(host) && !NetUtil.isValidIpV6Address(host)) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException _) {
            return Optional.empty(); // the scope of an interface that is not here
        }
    }
}
