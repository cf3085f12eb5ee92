package io.spillgate.proxy;

import io.spillgate.client.pool.Pools;
import io.spillgate.http.ServerStream;
import io.spillgate.metrics.Cells;
import io.spillgate.net.LoopMeter;

/// All backends, as a listener sees them. Thread safe.
public final class Backends {
    private final Pools pools;
    private final RequestIds ids = new RequestIds();

    /// @param pools of connections to them
    public Backends(Pools pools) {
        this.pools = pools;
    }

    /// What forwards a request to a backend, and the answer to its client; to be started.
    ///
    /// @param stream the client's, on whose loop this is called
    /// @param meter of that loop
    /// @param cells of that loop
    /// @param replies what the client is told where there is no answer
    public Forwarder forwarder(
            ServerStream stream, LoopMeter meter, Cells cells, Forwarding what, Replies replies) {
        String id = what.to().requestIdHeader() == null ? null : ids.next();
        ForwardedAnswer answer =
                new ForwardedAnswer(stream, what, replies, cells, meter.nanoTime());
        return new Forwarder(what.to().pool(pools), stream, meter, what, answer, replies, id);
    }
}
