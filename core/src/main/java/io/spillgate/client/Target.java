package io.spillgate.client;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where a host pool's requests go.
///
/// @param tls whether the scheme is https
/// @param host name or IP literal without brackets, in lower case
/// @param port 1 to 65535
public record Target(boolean tls, String host, int port) {
    private static final Pattern AUTHORITY =
            Pattern.compile("(?<host>\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._~-]+)(:(?<port>[0-9]{1,5})?)?");

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
        Matcher authority = AUTHORITY.matcher(String.valueOf(url.getRawAuthority()));
        if (!authority.matches() || (!tls && !scheme.equals("http"))) {
            throw new IllegalArgumentException(
                    "\"" + url + "\" must be like http://host:port or https://host:port");
        }
        String name = authority.group("host").replaceAll("[\\[\\]]", "");
        String port = authority.group("port");
        int usual = tls ? 443 : 80;
        return new Target(tls, name, port == null ? usual : Integer.parseInt(port));
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
