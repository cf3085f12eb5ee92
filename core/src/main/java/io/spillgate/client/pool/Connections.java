package io.spillgate.client.pool;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// The connections of a pool, those that are being opened included. Guarded by the pool's lock, as
/// [Ledger] asserts.
final class Connections {
    private final PoolSettings settings;
    private final List<PooledConnection> open = new ArrayList<>();
    private int connecting;

    Connections(PoolSettings settings) {
        this.settings = settings;
    }

    /// The open ones.
    List<PooledConnection> open() {
        return open;
    }

    /// How many are being opened.
    int connecting() {
        return connecting;
    }

    /// How many there are.
    int size() {
        return open.size() + connecting;
    }

    /// Whether the pool may have one more.
    boolean hasRoom() {
        return size() < settings.pool().maxConnections();
    }

    void opening() {
        connecting++;
    }

    void failed() {
        connecting--;
    }

    void opened(PooledConnection connection) {
        connecting--;
        open.add(connection);
    }

    /// Forgets one that is closed.
    ///
    /// @return whether it was among the open ones
    boolean closed(PooledConnection connection) {
        return open.remove(connection);
    }

    /// The connection with the fewest requests among those that may take one more.
    @Nullable PooledConnection leastBusy(long nowNanos) {
        PooledConnection best = null;
        for (PooledConnection one : open) {
            if (one.lease().mayPipeline(settings.depth(), settings.safePipelineNanos(), nowNanos)
                    && (best == null || one.lease().reserved < best.lease().reserved)) {
                best = one;
            }
        }
        return best;
    }
}
