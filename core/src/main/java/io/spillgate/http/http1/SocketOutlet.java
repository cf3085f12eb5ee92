package io.spillgate.http.http1;

import io.netty.channel.Channel;
import io.spillgate.http.Outlet;
import io.spillgate.net.Cut;
import io.spillgate.net.Faults;

/// An outlet into a socket that belongs to one event stream: the stream's end is the connection's.
abstract sealed class SocketOutlet implements Outlet permits PullOutlet, PushOutlet {
    private final Channel channel;
    private final Faults faults;

    SocketOutlet(Channel channel, Faults faults) {
        this.channel = channel;
        this.faults = faults;
    }

    @Override
    public final void end() {
        channel.eventLoop().execute(channel::close);
    }

    @Override
    public final void cut() {
        Cut.now(channel);
    }

    @Override
    public final void broken(Throwable cause) {
        faults.close(channel, cause);
    }

    final Channel channel() {
        return channel;
    }

    final Faults faults() {
        return faults;
    }
}
