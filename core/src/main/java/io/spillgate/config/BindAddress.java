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
        HostPort place = HostPort.parse(text);
        if (place == null || place.port() < 0 || place.port() > 65_535) {
            throw new InvalidValue(
                    "is \""
                            + text
                            + "\", must be host:port, [IPv6]:port (port 0 to 65535; 0 = any free"
                            + " port) or off");
        }
        return new BindAddress(place.host(), place.port());
    }

    /// Whether nothing is bound.
    public boolean isOff() {
        return port < 0;
    }

    @Override
    public String toString() {
        return isOff() ? "off" : HostPort.text(host, port);
    }
}
