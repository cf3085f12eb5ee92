package io.spillgate.proxy;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Who sent a request.
///
/// @param address its IP address, as text
/// @param trusted whether its X-Forwarded lines are believed
/// @param told what its Forwarded lines say, as far as they are believed; null when they are not
/// @param scheme `http` or `https`
/// @param version of HTTP, `1.0` or `1.1`
public record Sender(
        String address, boolean trusted, @Nullable Told told, String scheme, String version) {

    /// What a trusted sender says about who asked it.
    ///
    /// @param hops addresses on the way to the sender, the client's first
    /// @param elements of Forwarded, as they are passed on
    /// @param proto the scheme that the client used; null when it is not said
    /// @param host the Host that the client asked for; null when it is not said
    public record Told(
            List<String> hops,
            List<String> elements,
            @Nullable String proto,
            @Nullable String host) {}
}
