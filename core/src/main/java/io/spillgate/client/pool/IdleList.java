package io.spillgate.client.pool;

import io.netty.channel.EventLoop;
import io.spillgate.net.PerLoop;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;

/// The idle connections to one address: a FIFO for each loop, so that all take their turn. Guarded
/// by the pool's lock, as [Ledger] asserts.
final class IdleList {
    private final PerLoop<ArrayDeque<PooledConnection>> byLoop;
    private final List<ArrayDeque<PooledConnection>> all;
    private final Consumer<PooledConnection> wornOut;
    private int size;
    private int rotation;

    /// @param loops of the client, with any values
    /// @param wornOut called with each connection that may serve no more
    IdleList(PerLoop<?> loops, Consumer<PooledConnection> wornOut) {
        this.wornOut = wornOut;
        byLoop = loops.map(_ -> new ArrayDeque<>());
        all = byLoop.all();
    }

    int size() {
        return size;
    }

    void add(PooledConnection connection) {
        size++;
        byLoop.of(connection.sweeper().loop()).addLast(connection);
    }

    boolean remove(PooledConnection connection) {
        boolean removed = byLoop.of(connection.sweeper().loop()).remove(connection);
        size -= removed ? 1 : 0;
        return removed;
    }

    /// Takes one of this loop, else one of another loop; drops those that may serve no more.
    @Nullable PooledConnection take(EventLoop loop, long nowNanos) {
        PooledConnection taken = takeOwn(loop, nowNanos);
        for (int i = 0; taken == null && size > 0 && i < all.size(); i++) {
            rotation = (rotation + 1) % all.size();
            taken = take(all.get(rotation), nowNanos);
        }
        return taken;
    }

    /// Takes one of this loop; drops those that may serve no more.
    @Nullable PooledConnection takeOwn(EventLoop loop, long nowNanos) {
        return size == 0 ? null : take(byLoop.of(loop), nowNanos);
    }

    /// Takes one that nobody has used and that never was idle.
    @Nullable PooledConnection takeFresh() {
        for (ArrayDeque<PooledConnection> queue : all) {
            for (PooledConnection connection : queue) {
                if (connection.lease().isFresh()) {
                    queue.remove(connection);
                    size--;
                    return connection;
                }
            }
        }
        return null;
    }

    /// One of them, which stays; null when there is none.
    @Nullable PooledConnection any() {
        for (ArrayDeque<PooledConnection> queue : all) {
            if (!queue.isEmpty()) {
                return queue.peekFirst();
            }
        }
        return null;
    }

    private @Nullable PooledConnection take(ArrayDeque<PooledConnection> queue, long nowNanos) {
        PooledConnection next;
        while ((next = queue.pollFirst()) != null) {
            size--;
            if (!next.lease().isWornOut(nowNanos)) {
                return next;
            }
            wornOut.accept(next);
        }
        return null;
    }
}
