package io.spillgate.client.pool;

import io.spillgate.config.HostPort;

import java.net.URI;
import java.util.Locale;
import java.util.Objects;

/// Where a host pool's requests go.
///
/// @param tls whether the scheme is https
/// @param host name or IP literal without brackets, in lower case
/// @param port 1 to 65535
public record Target(boolean tls, String host, int port) {
    public Target {
        host = host.toLowerCase(Locale.ROOT);
        if (host.isEmpty() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException("no host or no port: " + host + ":" + port);
        }
    }

    /// The target of a URL such as `https://example.com:8443/any`; the port is the scheme's when
    /// there is none.
    ///
    /// @throws IllegalArgumentException when it is no such URL
    public static Target of(URI url) {
        String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        boolean tls = scheme.equals("https");
        // Not getHost(), which knows no name with an underscore.
        // An empty port is none (RFC 3986 section 3.2.3).
        String authority =
                Objects.requireNonNullElse(url.getRawAuthority(), "").replaceFirst(":$", "");
        HostPort place = HostPort.parseAuthority(authority);
        if (place == null || (!tls && !scheme.equals("http"))) {
            throw new IllegalArgumentException(
                    "\"" + url + "\" must be like http://host:port or https://host:port");
        }
        int usual = tls ? 443 : 80;
        return new Target(tls, place.host(), place.port() == HostPort.NONE ? usual : place.port());
    }

    /// As in the header Host: without the port when it is the scheme's (RFC 9110 section 7.2).
    public String authority() {
        return new HostPort(host, port == (tls ? 443 : 80) ? HostPort.NONE : port).toString();
    }

    /// `host:port`.
    @Override
    public String toString() {
        return HostPort.text(host, port);
    }
}
