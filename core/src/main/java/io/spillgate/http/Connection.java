package io.spillgate.http;

import io.netty.channel.Channel;
import io.spillgate.net.Sweep;

/// A client's connection, in whatever state. Called on its loop.
public interface Connection extends Sweep.Member {
    /// Its socket.
    Channel channel();

    /// Closes it if nothing is under way on it; a new one, of which something is about to come,
    /// only when it has had time for that.
    void closeIfIdle();
}
