package io.spillgate.hub;

import io.netty.channel.Channel;
import io.spillgate.net.Faults;
import io.spillgate.net.Transport;

/// The way of a source's bytes into its socket. Confined to the channel's loop, as [Subscriber]
/// asserts.
interface Outlet {
    /// Has the source asked for bytes, now or when the socket can take some again.
    void flush();

    /// Whether the source will be asked without another [#flush].
    boolean isPending();

    /// The outlet that fits a transport.
    static Outlet of(Transport transport, Channel channel, ByteSource source, Faults faults) {
        return transport.writesAtOnce()
                ? new PullOutlet(channel, source)
                : new PushOutlet(channel, source, faults);
    }
}
