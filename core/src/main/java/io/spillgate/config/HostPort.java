package io.spillgate.config;

import io.netty.util.NetUtil;

import org.jspecify.annotations.Nullable;

import java.util.Locale;

/// A host and perhaps a port, as in `name:80`, `192.0.2.1` and `[2001:db8::1]:80` (RFC 3986 section
/// 3.2).
///
/// Which ports are good, and whether there must be one, is up to the user. Immutable.
///
/// @param host a name, or an IP address without brackets
/// @param port as it stands, at most five digits; [#NONE] when there is none
public record HostPort(String host, int port) {
    /// The port of a text that has none.
    public static final int NONE = -1;

    private static final int MAX_DIGITS = 5;
    private static final String NOT_IN_A_NAME = "/?#[]@:";

    /// Takes a text apart.
    ///
    /// @return null when it is malformed: an IPv6 address without brackets, one that is none, an
    ///   empty port
    public static @Nullable HostPort parse(String text) {
        String host = host(text);
        if (host == null) {
            return null;
        }
        int colon = text.lastIndexOf(':');
        boolean hasPort = colon > text.lastIndexOf(']');
        return new HostPort(
                host, hasPort ? Integer.parseInt(text, colon + 1, text.length(), 10) : NONE);
    }

    /// As [#parse], for what stands in a URL or in Host: a name has only letters, digits and `._~-`
    /// there, and an address no zone.
    public static @Nullable HostPort parseAuthority(String text) {
        HostPort place = parse(text);
        return place != null && place.host.chars().allMatch(HostPort::isInAuthority) ? place : null;
    }

    /// The host alone of what [#parse] takes apart, without brackets; null when it is malformed.
    public static @Nullable String host(String text) {
        boolean bracketed = text.startsWith("[");
        int end = end(text);
        if (end < 0 || !isEmptyOrPort(text, end)) {
            return null;
        }
        String host = bracketed ? text.substring(1, end - 1) : text.substring(0, end);
        return (bracketed ? NetUtil.isValidIpV6Address(host) : isName(host)) ? host : null;
    }

    /// The host alone of a Host header that was judged before, with brackets; a port may be empty
    /// there.
    public static String judgedHost(String authority) {
        int end = end(authority);
        return end < 0 ? authority : authority.substring(0, end);
    }

    /// The same in the form in which names that mean the same are equal: in lower case, without a
    /// final dot.
    public static String comparableHost(String authority) {
        String name = judgedHost(authority).toLowerCase(Locale.ROOT);
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    /// Puts a host and a port together.
    ///
    /// @param host a name, or an IP address without brackets
    public static String text(String host, int port) {
        return NetUtil.toSocketAddressString(host, port);
    }

    /// As it is written in a URL; without the port when there is none.
    @Override
    public String toString() {
        if (port != NONE) {
            return text(host, port);
        }
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }

    /// Where the host ends and a port may begin; -1 when a bracket is not closed.
    private static int end(String text) {
        if (text.startsWith("[")) {
            int close = text.indexOf(']');
            return close < 0 ? -1 : close + 1;
        }
        int colon = text.indexOf(':');
        return colon < 0 ? text.length() : colon;
    }

    /// Whether the rest from here is nothing, or `:` and 1 to 5 digits.
    private static boolean isEmptyOrPort(String text, int from) {
        if (from == text.length()) {
            return true;
        }
        int digits = text.length() - from - 1;
        if (text.charAt(from) != ':' || digits < 1 || digits > MAX_DIGITS) {
            return false;
        }
        for (int i = from + 1; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static boolean isName(String host) {
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (Character.isWhitespace(c) || NOT_IN_A_NAME.indexOf(c) >= 0) {
                return false;
            }
        }
        return !host.isEmpty();
    }

    private static boolean isInAuthority(int c) {
        return (c >= '0' && c <= '9')
                || (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || "._~-:".indexOf(c) >= 0;
    }
}
