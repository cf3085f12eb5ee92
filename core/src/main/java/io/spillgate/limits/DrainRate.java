package io.spillgate.limits;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// How fast places become free, over the last ten seconds or so; for a time to come back. Thread
/// safe.
public final class DrainRate {
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LongSupplier nanoTime;
    private long windowStartNanos;
    private long freed;
    private long refused;
    private long beforeNanos;
    private long freedBefore;
    private long refusedBefore;

    /// @param nanoTime the clock
    public DrainRate(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        windowStartNanos = nanoTime.getAsLong();
    }

    /// A place became free.
    public synchronized void freed() {
        turn();
        freed++;
    }

    /// Somebody is refused, and is told when to come back: when so many places will have become
    /// free as there were refusals, give or take a fifth so that not all come back at once.
    ///
    /// @return whole seconds
    public synchronized int refused(int least, int most) {
        long elapsed = turn();
        refused++;
        double perNano = (double) (freed + freedBefore) / Math.max(1, elapsed + beforeNanos);
        double nanos = perNano == 0 ? Double.MAX_VALUE : (refused + refusedBefore) / perNano;
        double spread = ThreadLocalRandom.current().nextDouble(0.8, 1.2);
        return (int) Math.clamp(Math.round(nanos * spread / 1e9), least, (long) most);
    }

    /// Begins a new window when it is time.
    ///
    /// @return how long the present one is
    private long turn() {
        long elapsed = nanoTime.getAsLong() - windowStartNanos;
        if (elapsed < WINDOW_NANOS) {
            return elapsed;
        }
        boolean recent = elapsed < 2 * WINDOW_NANOS;
        beforeNanos = recent ? elapsed : 0;
        freedBefore = recent ? freed : 0;
        refusedBefore = recent ? refused : 0;
        freed = 0;
        refused = 0;
        windowStartNanos += elapsed;
        return 0;
    }
}
