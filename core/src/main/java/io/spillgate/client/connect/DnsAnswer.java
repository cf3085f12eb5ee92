package io.spillgate.client.connect;

import java.net.InetSocketAddress;
import java.util.List;

/// What the DNS knows of an [ConfiguredAddress].
///
/// @param addresses at least one
/// @param ttlSeconds how long it is true, as the DNS says
/// @param complete whether there may be more that could not be found out
record DnsAnswer(List<InetSocketAddress> addresses, long ttlSeconds, boolean complete) {}
