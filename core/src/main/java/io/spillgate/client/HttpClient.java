package io.spillgate.client;

import io.spillgate.config.ClientConfig;
import io.spillgate.config.DestinationConfig;
import io.spillgate.config.HostPoolConfig;
import io.spillgate.metrics.PoolReport;
import io.spillgate.net.Loops;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All pools: one for each named destination, and one for each other host that is asked. Thread
/// safe.
@SuppressWarnings("DoNotCallSuggester")
public final class HttpClient implements AutoCloseable {
    /// A client on loops of somebody else, who closes them.
    ///
    /// @throws IllegalArgumentException when a file of a TLS section cannot be used
    public HttpClient(
            Loops loops,
            ClientConfig client,
            HostPoolConfig hosts,
            Map<String, DestinationConfig> destinations) {
        throw new UnsupportedOperationException();
    }

    /// The pool of a named destination.
    public Optional<Pool> destination(String name) {
        throw new UnsupportedOperationException();
    }

    /// The pool of a host, made when it is asked for the first time; empty when there are as many
    /// pools as may be.
    public Optional<Pool> host(Target target) {
        throw new UnsupportedOperationException();
    }

    /// Takes over a changed configuration: what changed gets a new pool, the old one drains.
    ///
    /// @throws IllegalArgumentException when a file of a TLS section cannot be used; nothing has
    ///   changed then
    public void apply(
            ClientConfig client, HostPoolConfig hosts, Map<String, DestinationConfig> all) {
        throw new UnsupportedOperationException();
    }

    /// The numbers of all pools at this moment, destinations first.
    public List<PoolReport> reports() {
        throw new UnsupportedOperationException();
    }

    /// Fails what waits, cuts what runs.
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
