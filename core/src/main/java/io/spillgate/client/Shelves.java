package io.spillgate.client;

import io.netty.channel.EventLoop;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/// The idle connections of a pool, by loop; the one that is idle for longest goes first, so that
/// all take their turn. Guarded by the pool's lock.
final class Shelves {
    private final IdentityHashMap<EventLoop, ArrayDeque<PooledConnection>> byLoop =
            new IdentityHashMap<>();
    private final List<ArrayDeque<PooledConnection>> all = new ArrayList<>();
    private int rotation;

    Shelves(List<EventLoop> loops) {
        for (EventLoop loop : loops) {
            ArrayDeque<PooledConnection> shelf = new ArrayDeque<>();
            byLoop.put(loop, shelf);
            all.add(shelf);
        }
    }

    int size() {
        int size = 0;
        for (ArrayDeque<PooledConnection> shelf : all) {
            size += shelf.size();
        }
        return size;
    }

    void add(PooledConnection connection) {
        of(connection.patrol().loop()).addLast(connection);
    }

    boolean remove(PooledConnection connection) {
        return of(connection.patrol().loop()).remove(connection);
    }

    /// Takes one of this loop's, else one of another loop's; worn out ones are closed on the way.
    @Nullable PooledConnection take(EventLoop loop, long nowNanos) {
        PooledConnection taken = take(of(loop), nowNanos);
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
                if (connection.standing().isFresh()) {
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

    private static @Nullable PooledConnection take(
            ArrayDeque<PooledConnection> shelf, long nowNanos) {
        PooledConnection next;
        while ((next = shelf.pollFirst()) != null) {
            if (!next.standing().isWornOut(nowNanos)) {
                return next;
            }
            next.standing().closing = true;
            next.shutSoon();
        }
        return null;
    }

    private ArrayDeque<PooledConnection> of(EventLoop loop) {
        ArrayDeque<PooledConnection> shelf = byLoop.get(loop);
        if (shelf == null) {
            throw new IllegalArgumentException("not one of the client's loops");
        }
        return shelf;
    }
}
