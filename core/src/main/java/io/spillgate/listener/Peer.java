package io.spillgate.listener;

import io.spillgate.limits.ClientAddress;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

/// The other end of a connection, read and written once for all of its requests. Immutable.
///
/// @param text as a backend is told (RFC 5952 for IPv6)
record Peer(ClientAddress address, String text) {
    /// Null where that is no IP address.
    static @Nullable Peer of(@Nullable SocketAddress remote) {
        if (!(remote instanceof InetSocketAddress internet)) {
            return null;
        }
        ClientAddress address = ClientAddress.of(internet.getAddress().getAddress());
        return new Peer(address, address.toString());
    }
}
