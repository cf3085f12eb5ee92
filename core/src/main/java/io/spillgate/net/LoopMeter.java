package io.spillgate.net;

import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/// Tells how busy one event loop is, how late it does what is due, and whether it is stuck.
///
/// A task that is due every 100 ms is the probe. It comes late by what any other task would have
/// had to wait; when it comes it closes the window of the utilization; and as long as it does not
/// come, its lateness is what others see of a loop that is blocked, whatever blocks it.
///
/// The questions may be asked on any thread.
public final class LoopMeter {
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long NEVER = Long.MAX_VALUE;

    private final LongSupplier nanoTime;
    private final long originNanos;
    private final IdleTime idle;
    private LongConsumer lag = _ -> {};
    private long windowStartNanos;
    private long windowStartIdleNanos;
    private volatile long dueNanos = NEVER;
    private volatile double completedWindow;

    LoopMeter(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        originNanos = nanoTime.getAsLong();
        idle = new IdleTime(nanoTime);
    }

    /// The share of the last completed second in which the loop did not wait, 0 to 1; 1 when the
    /// loop is blocked for a second or longer; 0 until the first second is over.
    public double utilization() {
        return lateNanos() >= WINDOW_NANOS ? 1 : completedWindow;
    }

    /// The time that the loop has waited since it was made, up to this moment. Over any stretch of
    /// time, the loop worked for what this did not grow.
    public long idleNanos() {
        return idle.nanos();
    }

    /// Whether something that is due has been waiting for more than 5 s.
    public boolean isStuck() {
        return lateNanos() > STUCK_NANOS;
    }

    /// Where the loop's turns tell when it waits.
    IdleTime idle() {
        return idle;
    }

    /// Begins to expect the probe. Called once, before the first [#probe].
    ///
    /// @param lagNanos gets the lateness of each probe, on the loop
    /// @return the time until the probe is due, in nanoseconds
    long start(LongConsumer lagNanos) {
        lag = lagNanos;
        windowStartNanos = now();
        windowStartIdleNanos = idle.nanos();
        dueNanos = windowStartNanos + PERIOD_NANOS;
        return PERIOD_NANOS;
    }

    /// The probe, called on the loop. One that comes several periods late stands for all that were
    /// due meanwhile, each with its own lateness: what tasks coming evenly would have waited.
    ///
    /// @return the time until the next one is due, in nanoseconds
    long probe() {
        long now = now();
        long due = dueNanos;
        while (due <= now) {
            lag.accept(now - due);
            due += PERIOD_NANOS;
        }
        if (now - windowStartNanos >= WINDOW_NANOS) {
            completeWindow(now);
        }
        dueNanos = due;
        return due - now;
    }

    private void completeWindow(long now) {
        long idleNow = idle.nanos();
        double idleShare = (double) (idleNow - windowStartIdleNanos) / (now - windowStartNanos);
        completedWindow = Math.clamp(1 - idleShare, 0, 1);
        windowStartNanos = now;
        windowStartIdleNanos = idleNow;
    }

    /// How long the next probe is overdue; negative before its time.
    private long lateNanos() {
        return now() - dueNanos;
    }

    private long now() {
        return nanoTime.getAsLong() - originNanos;
    }
}
