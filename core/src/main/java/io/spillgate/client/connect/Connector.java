package io.spillgate.client.connect;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.spillgate.config.ClientConfig;
import io.spillgate.net.Transport;

import java.net.InetSocketAddress;

/// Opens connections to the addresses of one target. Thread safe.
@SuppressWarnings("DoNotCallSuggester")
public final class Connector {
    /// @param tls whether TLS is spoken
    /// @param serverName for SNI and verification, unless `config` has one; not used without TLS
    /// @throws IllegalArgumentException when a file of `config.tls()` cannot be used
    public Connector(Transport transport, ClientConfig config, boolean tls, String serverName) {
        throw new UnsupportedOperationException();
    }

    /// Opens a connection.
    ///
    /// @param loop where it lives
    /// @return completes on that loop with a channel whose auto-read is off and whose pipeline is
    ///   ready for HTTP/1.1 (TLS and logging are in it); or fails with [ConnectFailure], after at
    ///   most `connecting-timeout`
    public Future<Channel> connect(EventLoop loop, InetSocketAddress address) {
        throw new UnsupportedOperationException();
    }
}
