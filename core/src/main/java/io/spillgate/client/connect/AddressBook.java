package io.spillgate.client.connect;

import java.net.InetSocketAddress;
import java.util.List;

/// Keeps the addresses of a pool up to date: resolves its names, and again when the time to live of
/// an answer is over. Thread safe.
@SuppressWarnings("DoNotCallSuggester")
public final class AddressBook implements AutoCloseable {
    /// @param names `host:port`, `[v6]:port` or `srv:_service._proto.name`
    /// @param resolver asks the DNS
    /// @param listener called on any thread, never two calls at once; when all names are literals,
    ///   it has been called before this constructor returns
    public AddressBook(List<String> names, Resolver resolver, Listener listener) {
        throw new UnsupportedOperationException();
    }

    /// Asks again soon, because nothing answers at the addresses; at most once a second.
    public void refresh() {
        throw new UnsupportedOperationException();
    }

    /// Stops asking.
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }

    /// Who uses the addresses.
    public interface Listener {
        /// All addresses there are now, resolved, without duplicates, at least one; those of a name
        /// that stopped to resolve stay.
        void addresses(List<InetSocketAddress> all);

        /// No name has an address, and none had one before.
        void unresolved(String message);
    }
}
