package io.spillgate.config;

import io.netty.util.NetUtil;

/// `proxy.https`: a proxy that is asked by CONNECT (Pekko HTTP; RFC 9110 section 9.3.6).
///
/// @param host name or address; empty = no proxy
/// @param port its port
/// @param username for Proxy-Authorization (RFC 7617); empty = none is sent
/// @param password belongs to the name
public record HttpsProxyConfig(String host, int port, String username, @Secret String password) {
    /// What holds for every key that is not set.
    public static final HttpsProxyConfig DEFAULT = new HttpsProxyConfig("", 443, "", "");

    public HttpsProxyConfig {
        HostPort place = HostPort.parse(host);
        boolean isHost = place != null && place.port() == HostPort.NONE;
        if (!host.isEmpty() && !isHost && !NetUtil.isValidIpV6Address(host)) {
            throw new InvalidValue(
                    "host",
                    "is no host, must be a name or an address, without scheme, user or port");
        }
        Require.between("port", port, 1, 65_535);
        if (username.indexOf(':') >= 0) {
            throw new InvalidValue("username", "has a colon, must not have one (RFC 7617)");
        }
    }

    /// Whether there is a proxy.
    public boolean isUsed() {
        return !host.isEmpty();
    }

    /// Without the password.
    @Override
    public String toString() {
        return "HttpsProxyConfig[host=%s, port=%d, username=%s]".formatted(host, port, username);
    }
}
