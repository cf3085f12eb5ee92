package io.spillgate.client.connect;

import io.spillgate.net.AddressText;

import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Locale;

/// How addresses are written in sentences, and why one can't be reached.
final class Addresses {
    private Addresses() {}

    /// As [AddressText#of].
    static String text(InetSocketAddress address) {
        return AddressText.of(address);
    }

    /// All of them.
    static List<String> text(List<InetSocketAddress> addresses) {
        return addresses.stream().map(Addresses::text).toList();
    }

    /// One sentence about a connection that was refused, reset or could not be tried.
    static String unreachable(InetSocketAddress address, Throwable cause) {
        String where = text(address);
        String message = String.valueOf(cause.getMessage());
        if (message.toLowerCase(Locale.ROOT).contains("connection refused")) {
            return where + " refused the connection";
        }
        if (cause instanceof ClosedChannelException) {
            return where + " closed the connection at once";
        }
        boolean noRoute = cause instanceof NoRouteToHostException;
        return where + " cannot be reached: " + (noRoute ? "no route to the host" : message);
    }
}
