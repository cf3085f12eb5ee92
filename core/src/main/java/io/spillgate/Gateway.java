package io.spillgate;

import io.spillgate.config.GatewayConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A running gateway: its listeners, its hub, its event loops.
@SuppressWarnings("DoNotCallSuggester")
public final class Gateway implements AutoCloseable {
    private Gateway() {}

    /// Binds the listeners and starts to serve.
    ///
    /// @param config what to run
    /// @param operator answers `POST /reload` of the admin listener
    /// @throws IOException when an address cannot be bound; nothing is left running then
    public static Gateway start(GatewayConfig config, Operator operator) throws IOException {
        throw new UnsupportedOperationException(config + " " + operator);
    }

    /// Where the public listener is bound, with the real port.
    public InetSocketAddress httpAddress() {
        throw new UnsupportedOperationException();
    }

    /// Where the admin listener is bound; empty when it is off.
    public Optional<InetSocketAddress> adminAddress() {
        throw new UnsupportedOperationException();
    }

    /// Takes over a changed configuration for new requests; open streams go on.
    ///
    /// @return what cannot change while running and was left as it was, one sentence each
    public List<String> apply(GatewayConfig config) {
        throw new UnsupportedOperationException("" + config);
    }

    /// Begins the shutdown: not ready, no new connections, streams told and ended.
    public void drain() {
        throw new UnsupportedOperationException();
    }

    /// Completes when a drain has ended: true when nothing was left, false when the rest was aborted.
    public CompletableFuture<Boolean> drained() {
        throw new UnsupportedOperationException();
    }

    /// Closes everything at once.
    @Override
    public void close() {}

    /// What the surroundings of a gateway do for it.
    @FunctionalInterface
    public interface Operator {
        /// Reads the configuration again and applies it; called on a thread that may block.
        Reloaded reload();
    }

    /// The outcome of a reload.
    ///
    /// @param applied whether the new configuration is in force
    /// @param messages problems when it is not; what was left as it was when it is
    public record Reloaded(boolean applied, List<String> messages) {
        public Reloaded {
            messages = List.copyOf(messages);
        }
    }
}
