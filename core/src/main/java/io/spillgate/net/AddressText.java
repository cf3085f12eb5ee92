package io.spillgate.net;

import io.netty.util.NetUtil;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/// How the address of a socket is written for people, everywhere: `192.0.2.1:80` and
/// `[2001:db8::1]:80`, without a name, as RFC 5952 and RFC 3986 section 3.2.2 write them.
public final class AddressText {
    private AddressText() {}

    /// The IP and port; of an address that is not resolved the name and port.
    public static String of(SocketAddress address) {
        return address instanceof InetSocketAddress internet
                ? NetUtil.toSocketAddressString(internet)
                : address.toString();
    }

    /// The same for each of them.
    public static List<String> of(List<? extends SocketAddress> addresses) {
        return addresses.stream().map(AddressText::of).toList();
    }
}
