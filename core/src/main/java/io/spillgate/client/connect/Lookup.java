package io.spillgate.client.connect;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;

/// Finds out where an [ConfiguredAddress] is.
interface Lookup {
    /// Asks.
    ///
    /// @param loop on which this is called, and on which the answer comes
    /// @return fails with one sentence when there is no address
    Future<DnsAnswer> ask(EventLoop loop, ConfiguredAddress endpoint);
}
