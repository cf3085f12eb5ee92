package io.spillgate.limits;

import io.netty.util.NetUtil;
import io.spillgate.config.HostPort;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// An IP address of a client; an IPv4 address that is mapped into IPv6 is the IPv4 address.
/// Immutable.
public final class ClientAddress {
    private static final int V4_LENGTH = 4;
    private static final int V6_LENGTH = 16;
    private static final int MAPPED_PREFIX = 12;
    private static final int KEY_BYTES = 8;

    private final byte[] bytes;

    private ClientAddress(byte[] bytes) {
        this.bytes = bytes;
    }

    /// The address of these 4 or 16 bytes in network order, as `InetAddress.getAddress` gives them.
    public static ClientAddress of(byte[] bytes) {
        if (bytes.length == V4_LENGTH) {
            return new ClientAddress(bytes.clone());
        }
        if (bytes.length != V6_LENGTH) {
            throw new IllegalArgumentException("an address of " + bytes.length + " bytes");
        }
        int from = isMapped(bytes) ? MAPPED_PREFIX : 0;
        return new ClientAddress(Arrays.copyOfRange(bytes, from, V6_LENGTH));
    }

    /// Reads an address as forwarding headers write it: `192.0.2.1`, `192.0.2.1:4711`,
    /// `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`. Never asks DNS.
    ///
    /// @return null when the text is no address
    static @Nullable ClientAddress parse(String text) {
        boolean bareV6 = !text.startsWith("[") && text.indexOf(':') != text.lastIndexOf(':');
        String host = bareV6 ? text : HostPort.host(text);
        if (host == null || host.indexOf('%') >= 0) {
            return null;
        }
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(host);
        return bytes == null ? null : of(bytes);
    }

    /// Whom a limit counts.
    public ClientKey key() {
        boolean v6 = bytes.length == V6_LENGTH;
        long bits = 0;
        for (int i = 0; i < (v6 ? KEY_BYTES : V4_LENGTH); i++) {
            bits = bits << Byte.SIZE | (bytes[i] & 0xff);
        }
        return new ClientKey(bits, v6);
    }

    /// The 4 or 16 bytes in network order, a copy.
    public byte[] bytes() {
        return bytes.clone();
    }

    /// The same, not a copy.
    byte[] ownBytes() {
        return bytes;
    }

    /// The usual text form; RFC 5952 for IPv6.
    @Override
    public String toString() {
        return NetUtil.bytesToIpAddress(bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClientAddress address && Arrays.equals(bytes, address.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    private static boolean isMapped(byte[] bytes) {
        for (int i = 0; i < MAPPED_PREFIX - 2; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return bytes[MAPPED_PREFIX - 2] == -1 && bytes[MAPPED_PREFIX - 1] == -1;
    }
}
