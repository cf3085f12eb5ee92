package io.spillgate.client.pool;

import io.netty.channel.EventLoop;
import io.spillgate.net.PerLoop;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;

/// The idle connections of a pool, by loop; the one that is idle for longest goes first, so that
/// all take their turn. Guarded by the pool's lock, as [Ledger] asserts.
final class IdleList {
    private final PerLoop<ArrayDeque<PooledConnection>> byLoop;
    private final List<ArrayDeque<PooledConnection>> all;
    private final Consumer<PooledConnection> outworn;
    private int rotation;

    /// @param loops of the client, by whatever value
    /// @param outworn gets those that were found worn out
    IdleList(PerLoop<?> loops, Consumer<PooledConnection> outworn) {
        this.outworn = outworn;
        byLoop = loops.map(_ -> new ArrayDeque<>());
        all = byLoop.all();
    }

    int size() {
        int size = 0;
        for (ArrayDeque<PooledConnection> shelf : all) {
            size += shelf.size();
        }
        return size;
    }

    void add(PooledConnection connection) {
        byLoop.of(connection.sweeper().loop()).addLast(connection);
    }

    boolean remove(PooledConnection connection) {
        return byLoop.of(connection.sweeper().loop()).remove(connection);
    }

    /// Takes one of this loop's, else one of another loop's; worn out ones are taken off on the
    /// way.
    @Nullable PooledConnection take(EventLoop loop, long nowNanos) {
        PooledConnection taken = take(byLoop.of(loop), nowNanos);
        for (int i = 0; taken == null && i < all.size(); i++) {
            rotation = (rotation + 1) % all.size();
            taken = take(all.get(rotation), nowNanos);
        }
        return taken;
    }

    /// Takes one that nobody has used and that never was idle.
    @Nullable PooledConnection takeFresh() {
        for (ArrayDeque<PooledConnection> shelf : all) {
            for (PooledConnection connection : shelf) {
                if (connection.lease().isFresh()) {
                    shelf.remove(connection);
                    return connection;
                }
            }
        }
        return null;
    }

    /// One that could be spared; it stays.
    @Nullable PooledConnection any() {
        for (ArrayDeque<PooledConnection> shelf : all) {
            if (!shelf.isEmpty()) {
                return shelf.peekFirst();
            }
        }
        return null;
    }

    private @Nullable PooledConnection take(ArrayDeque<PooledConnection> shelf, long nowNanos) {
        PooledConnection next;
        while ((next = shelf.pollFirst()) != null) {
            if (!next.lease().isWornOut(nowNanos)) {
                return next;
            }
            outworn.accept(next);
        }
        return null;
    }
}
