package io.spillgate.http.http1;

import io.netty.buffer.ByteBuf;
import io.netty.util.NetUtil;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;

/// `host [":" port]` as it stands in Host and in an absolute-form target (RFC 3986 section 3.2).
///
/// Not a [io.spillgate.config.HostPort]: every head is judged here, in its bytes and without a
/// `String`, a fault is named, and an escape or an empty port is allowed.
final class Authority {
    private static final int MAX_PORT = 65535;

    private Authority() {}

    /// What is wrong with the text between these indices, to follow the name of the field; null if
    /// nothing.
    static @Nullable String fault(ByteBuf in, int from, int to) {
        int hostEnd = hostEnd(in, from, to);
        if (hostEnd == from) {
            return to > from && in.getByte(from) == '['
                    ? "has a malformed IPv6 address"
                    : "is empty";
        }
        if (hostEnd == to) {
            return null;
        }
        byte b = in.getByte(hostEnd);
        if (b == '@') {
            return "has user information";
        }
        if (b == ',') {
            return "is a list";
        }
        if (b != ':') {
            return String.format("has the illegal byte 0x%02x", b);
        }
        return port(in, hostEnd + 1, to, 0) < 0 ? "has a malformed port" : null;
    }

    /// Whether two texts without [#fault(ByteBuf, int, int)] name the same host and port.
    ///
    /// @param defaultPort what no port, or an empty one, stands for
    static boolean agree(ByteBuf in, int from1, int to1, int from2, int to2, int defaultPort) {
        int end1 = hostEnd(in, from1, to1);
        int end2 = hostEnd(in, from2, to2);
        if (end1 - from1 != end2 - from2) {
            return false;
        }
        for (int i = 0; i < end1 - from1; i++) {
            if (HeadBytes.toLower(in.getByte(from1 + i))
                    != HeadBytes.toLower(in.getByte(from2 + i))) {
                return false;
            }
        }
        return port(in, end1 + 1, to1, defaultPort) == port(in, end2 + 1, to2, defaultPort);
    }

    /// Where the host ends; `from` when it is an IPv6 address that is none.
    private static int hostEnd(ByteBuf in, int from, int to) {
        if (from < to && in.getByte(from) == '[') {
            return addressEnd(in, from, to);
        }
        int at = from;
        while (at < to) {
            if (HeadBytes.isHost(in.getByte(at))) {
                at++;
            } else if (isPercentEncoded(in, at, to)) {
                at += 3;
            } else {
                break;
            }
        }
        return at;
    }

    private static int addressEnd(ByteBuf in, int from, int to) {
        int at = from + 1;
        while (at < to && isAddressByte(in.getByte(at))) {
            at++;
        }
        if (at == to || in.getByte(at) != ']') {
            return from;
        }
        String address = in.toString(from + 1, at - from - 1, StandardCharsets.US_ASCII);
        return NetUtil.isValidIpV6Address(address) ? at + 1 : from;
    }

    private static boolean isAddressByte(byte b) {
        return HeadBytes.isHexDigit(b) || b == ':' || b == '.';
    }

    private static boolean isPercentEncoded(ByteBuf in, int at, int to) {
        return in.getByte(at) == '%'
                && at + 2 < to
                && HeadBytes.isHexDigit(in.getByte(at + 1))
                && HeadBytes.isHexDigit(in.getByte(at + 2));
    }

    /// The port between these indices, the default when there is nothing, -1 when it is none.
    private static int port(ByteBuf in, int from, int to, int defaultPort) {
        if (from >= to) {
            return defaultPort;
        }
        int port = 0;
        for (int i = from; i < to; i++) {
            byte b = in.getByte(i);
            port = port * 10 + (b - '0');
            if (!HeadBytes.isDigit(b) || port > MAX_PORT) {
                return -1;
            }
        }
        return port;
    }
}
