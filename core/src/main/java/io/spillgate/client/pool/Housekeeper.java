package io.spillgate.client.pool;

import io.netty.util.concurrent.Future;
import io.spillgate.config.Durations;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeUnit;

/// What a pool does because time passes: ends waits that take too long, opens connections after a
/// back-off or for the minimum, and goes away when nobody uses it. Confined to a loop, but for what
/// says otherwise.
final class Housekeeper {
    private static final long TICK_MILLIS = 25;

    /// How long a pool that was replaced serves callers that looked it up before.
    private static final long AFTERLIFE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Pool pool;
    private final Ledger ledger;
    private final Dialer dialer;
    private final Sweeper home;
    private final PoolSettings settings;
    private final Runnable unused;
    private final long longestWaitNanos;
    private long usedNanos;
    private long requestsSeen;
    private @Nullable Future<?> ticking;

    /// @param home the loop of its ticks
    /// @param unused called when nobody used the pool for the time that its settings give
    Housekeeper(Pool pool, Ledger ledger, Dialer dialer, Sweeper home, Runnable unused) {
        this.pool = pool;
        this.ledger = ledger;
        this.dialer = dialer;
        this.home = home;
        this.unused = unused;
        usedNanos = home.nowNanos();
        settings = pool.settings();
        longestWaitNanos = Durations.nanos(settings.pool().queueTimeout());
    }

    /// Called once, by whoever makes the pool.
    void start() {
        ticking = home.tick(this::tick, TICK_MILLIS);
    }

    /// Any thread.
    void stop() {
        if (ticking != null) {
            ticking.cancel(false);
        }
    }

    private void tick() {
        assert home.isHere();
        long now = home.nowNanos();
        for (Call late : pool.locked(() -> ledger.takeLate(longestWaitNanos, now))) {
            pool.fail(
                    late,
                    PoolFailure.QUEUE_TIMEOUT,
                    "no connection became free within "
                            + Durations.format(settings.pool().queueTimeout()));
        }
        while (pool.locked(ledger::isBelowMinimum) && dialer.warmUp()) {}
        pool.pump();
        leave(now);
    }

    private void leave(long now) {
        boolean used =
                pool.locked(() -> ledger.isUsed() || ledger.counters().requests != requestsSeen);
        if (used) {
            usedNanos = now;
            requestsSeen = pool.locked(() -> ledger.counters().requests);
            return;
        }
        boolean retired = pool.locked(ledger::isRetired);
        if (retired && now - usedNanos >= AFTERLIFE_NANOS && pool.locked(ledger::isEmpty)) {
            pool.close();
        } else if (!retired
                && settings.pool().minConnections() == 0
                && now - usedNanos >= settings.unusedNanos()) {
            unused.run();
            pool.retire();
        }
    }
}
