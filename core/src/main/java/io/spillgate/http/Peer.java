package io.spillgate.http;

import io.spillgate.limits.ClientAddress;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

/// The other end of a connection, read and written once for all of its requests. Immutable.
///
/// @param socket with the port
/// @param text the address as a backend is told (RFC 5952 for IPv6)
public record Peer(InetSocketAddress socket, ClientAddress address, String text) {
    /// Null where that is no IP address.
    public static @Nullable Peer of(@Nullable SocketAddress remote) {
        if (!(remote instanceof InetSocketAddress internet)) {
            return null;
        }
        ClientAddress address = ClientAddress.of(internet.getAddress().getAddress());
        return new Peer(internet, address, address.toString());
    }
}
