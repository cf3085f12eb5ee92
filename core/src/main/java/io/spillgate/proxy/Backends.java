package io.spillgate.proxy;

import io.netty.channel.EventLoop;
import io.spillgate.client.HttpClient;
import io.spillgate.client.Pool;

import java.util.Optional;

/// All backends, as a listener sees them. Thread safe.
public final class Backends {
    private final HttpClient client;
    private final RequestIds ids = new RequestIds();

    /// @param client whose pools are used
    public Backends(HttpClient client) {
        this.client = client;
    }

    /// Sends a request to a backend, and the answer to its client.
    ///
    /// @param loop the client's, on which this is called and the client hears
    /// @return what takes the request's body
    public Forwarder forward(EventLoop loop, Forwarding what, Downstream down) {
        Forwarder forwarder = new Forwarder(loop, what, down);
        Optional<Pool> pool = what.to().pool(client);
        if (pool.isEmpty()) {
            forwarder.refuse("there is no pool for it (any more, or yet)");
        } else {
            String id = what.to().requestIdHeader() == null ? null : ids.next();
            forwarder.begin(pool.get(), id);
        }
        return forwarder;
    }
}
