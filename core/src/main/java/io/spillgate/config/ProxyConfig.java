package io.spillgate.config;

/// `proxy`: a proxy on the way to the backends (Pekko HTTP).
///
/// @param https for `https` targets
public record ProxyConfig(HttpsProxyConfig https) {
    /// What holds for every key that is not set.
    public static final ProxyConfig DEFAULT = new ProxyConfig(HttpsProxyConfig.DEFAULT);
}
