package io.spillgate.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;

/// Closes connections in the middle of something.
public final class Cut {
    private Cut() {}

    /// Closes a connection below its handlers: what is torn comes without the alert by which TLS
    /// says that everything has arrived (RFC 8446 section 6.1), and nobody waits until a client
    /// that does not read takes that alert. Again does nothing. On the connection's loop.
    public static void now(Channel channel) {
        ChannelHandlerContext first = channel.pipeline().firstContext();
        if (first == null) {
            channel.close();
        } else {
            first.close();
        }
    }
}
