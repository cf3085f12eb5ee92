package io.spillgate.client;

import java.net.URI;
import java.util.Locale;

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
        String host = url.getHost();
        if (host == null || (!tls && !scheme.equals("http"))) {
            throw new IllegalArgumentException(
                    "\"" + url + "\" must be like http://host:port or https://host:port");
        }
        String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        int usual = tls ? 443 : 80;
        return new Target(tls, name, url.getPort() < 0 ? usual : url.getPort());
    }

    /// As in the header Host: without the port when it is the scheme's (RFC 9110 section 7.2).
    public String authority() {
        String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return port == (tls ? 443 : 80) ? name : name + ":" + port;
    }

    /// `host:port`.
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
