package io.spillgate.limits;

/// Whom a limit counts as one client: an IPv4 address, or the /64 network of an IPv6 address,
/// because one subscriber usually owns the whole /64.
///
/// @param bits the 32 bits of the IPv4 address, or the upper 64 of the IPv6 address
/// @param v6 which of the two
public record ClientKey(long bits, boolean v6) {}
