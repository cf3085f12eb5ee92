package io.spillgate.proxy;

/// Who sent a request.
///
/// @param address its IP address, as text
/// @param trusted whether its forwarding headers are believed
/// @param scheme `http` or `https`
/// @param version of HTTP, `1.0` or `1.1`
public record Sender(String address, boolean trusted, String scheme, String version) {}
