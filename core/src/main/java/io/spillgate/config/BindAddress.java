package io.spillgate.config;

/// Where a listener binds: `host:port`, `[v6]:port`, or `off`.
///
/// @param host a literal address or a name, without brackets; empty when off
/// @param port 0 for any free port; -1 when off
public record BindAddress(String host, int port) {
    /// No listener.
    public static final BindAddress OFF = new BindAddress("", -1);

    /// Reads `host:port`, `[v6]:port` or `off`.
    ///
    /// @throws InvalidValue when the text is none of these
    public static BindAddress parse(String text) {
        if (text.equals("off")) {
            return OFF;
        }
        int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            throw malformed(text);
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]") && host.length() > 2) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0 || host.indexOf('[') >= 0 || host.isBlank()) {
            throw malformed(text);
        }
        return new BindAddress(host, port(text, text.substring(colon + 1)));
    }

    /// Whether nothing is bound.
    public boolean isOff() {
        return port < 0;
    }

    @Override
    public String toString() {
        if (isOff()) {
            return "off";
        }
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }

    private static int port(String text, String digits) {
        if (!digits.matches("[0-9]{1,5}") || Integer.parseInt(digits) > 65_535) {
            throw malformed(text);
        }
        return Integer.parseInt(digits);
    }

    private static InvalidValue malformed(String text) {
        return new InvalidValue(
                "is \""
                        + text
                        + "\", must be host:port, [IPv6]:port (port 0 to 65535; 0 = any free port)"
                        + " or off");
    }
}
