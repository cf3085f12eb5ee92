package io.spillgate.client.connect;

import io.spillgate.config.BindAddress;
import io.spillgate.net.Loops;

import java.util.Optional;

/// Asks the DNS for addresses and services. Thread safe.
@SuppressWarnings("DoNotCallSuggester")
public final class Resolver implements AutoCloseable {
    /// @param loops where its sockets live
    /// @param server the DNS server; absent = the system's, and its hosts file
    public Resolver(Loops loops, Optional<BindAddress> server) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
