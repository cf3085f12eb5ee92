package io.spillgate.client.pool;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// The connections of a pool, those that are being opened included. A stream has one for itself,
/// which does not count among those for requests. Guarded by the pool's lock, as [Ledger] asserts.
final class Connections {
    private final PoolSettings settings;
    private final List<PooledConnection> open = new ArrayList<>();
    private int connecting;
    private int streams;
    private int leaving;

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

    /// How many are streams.
    int streams() {
        return streams;
    }

    /// How many there are for requests.
    int size() {
        return open.size() - streams + connecting;
    }

    /// Whether the pool may have one more.
    boolean hasRoom() {
        return size() < settings.pool().maxConnections();
    }

    /// Whether it may soon, because one is about to be closed.
    boolean willHaveRoom() {
        return size() - leaving < settings.pool().maxConnections();
    }

    /// One of them, which was idle, is about to be closed.
    void leaves(PooledConnection connection) {
        connection.lease().leaving = true;
        leaving++;
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
        boolean removed = open.remove(connection);
        if (removed && connection.lease().stream) {
            streams--;
        }
        if (removed && connection.lease().leaving) {
            leaving--;
        }
        return removed;
    }

    /// One of them carries a stream from now on.
    ///
    /// @return false when there are as many streams as may be
    boolean becomesStream(PooledConnection connection) {
        if (streams >= settings.pool().maxStreams()
                || !connection.endpoint().becomesStream(settings.streamsPerAddress())) {
            return false;
        }
        streams++;
        connection.lease().stream = true;
        connection.lease().exclusive = true;
        return true;
    }

    /// The connection with the fewest requests among those that may take one more.
    ///
    /// @param at to which address; null = to any
    @Nullable PooledConnection leastBusy(@Nullable Endpoint at, long nowNanos) {
        if (at != null && at.isFull(settings.depth())) {
            return null;
        }
        PooledConnection best = null;
        for (PooledConnection one : open) {
            if ((at == null || at.equals(one.endpoint()))
                    && one.lease()
                            .mayPipeline(settings.depth(), settings.safePipelineNanos(), nowNanos)
                    && (best == null || one.lease().reserved < best.lease().reserved)) {
                best = one;
            }
        }
        return best;
    }
}
