package io.spillgate.client;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.spillgate.net.Sweep;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.TimeUnit;

/// Looks at the clocks of all connections of one loop; each is visited every 50 ms. Confined to the
/// loop.
final class Patrol {
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long TICK_MILLIS = 10;

    private final EventLoop loop;
    private final Sweep<PooledConnection> sweep = new Sweep<>(PERIOD_NANOS);
    private @Nullable Future<?> ticking;
    private long lastTickNanos;

    Patrol(EventLoop loop) {
        this.loop = loop;
    }

    /// The patrol of a loop.
    static Patrol of(List<Patrol> all, EventLoop loop) {
        return all.stream().filter(one -> one.loop.equals(loop)).findFirst().orElseThrow();
    }

    EventLoop loop() {
        return loop;
    }

    void add(PooledConnection connection) {
        sweep.add(connection);
        if (ticking == null) {
            lastTickNanos = System.nanoTime();
            ticking =
                    loop.scheduleAtFixedRate(
                            this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    void remove(PooledConnection connection) {
        sweep.remove(connection);
        if (sweep.size() == 0 && ticking != null) {
            ticking.cancel(false);
            ticking = null;
        }
    }

    private void tick() {
        long now = System.nanoTime();
        sweep.tick(now - lastTickNanos, now);
        lastTickNanos = now;
    }
}
