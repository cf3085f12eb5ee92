package io.spillgate.client;

import io.netty.channel.EventLoop;
import io.spillgate.metrics.PoolReport;

/// The connections to one destination, and the requests that wait for them. Thread safe.
@SuppressWarnings("DoNotCallSuggester")
public final class Pool {
    /// Sends a request as soon as there is a connection for it.
    ///
    /// @param loop one of the client's loops, on which this is called and the receiver hears
    /// @return the handle; the receiver may have heard [Receiver#failed] already
    public Call send(EventLoop loop, Request request, Receiver receiver) {
        throw new UnsupportedOperationException();
    }

    /// The destination's name, or host:port.
    public String name() {
        throw new UnsupportedOperationException();
    }

    /// The numbers of this moment.
    public PoolReport report() {
        throw new UnsupportedOperationException();
    }
}
