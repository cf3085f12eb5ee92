package io.spillgate.net;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/// Tells how busy one event loop is and with what, how late it does what is due, and whether it is
/// stuck.
///
/// A task that is due every 100 ms is the probe. It comes late by what any other task would have
/// had to wait; when it comes it closes the window of the utilization; and as long as it does not
/// come, its lateness is what others see of a loop that is blocked, whatever blocks it.
///
/// What works on the loop says so by [#begin] and [#end]; what is between and has no class of its
/// own is [Work#OTHER]. Whoever does it often asks for the meter once ([Loops#meter]) and keeps it.
///
/// The questions may be asked on any thread.
public final class LoopMeter {
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long NEVER = Long.MAX_VALUE;

    private final LongSupplier nanoTime;
    private final long originNanos;
    private final WorkTime work;
    private LongConsumer lag = _ -> {};
    private long windowStartNanos;
    private BusyTime windowStart;
    private volatile long dueNanos = NEVER;
    private volatile double completedWindow;
    private volatile @Nullable Thread thread;

    /// The meter of a loop that waits since now.
    ///
    /// @param nanoTime the clock
    public LoopMeter(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        originNanos = nanoTime.getAsLong();
        work = new WorkTime(nanoTime);
        windowStart = work.busyTime();
    }

    /// The clock, in nanoseconds; see [Loops#nanoTime].
    public LongSupplier nanoTime() {
        return nanoTime;
    }

    /// The loop begins a kind of work. Called on the loop.
    ///
    /// @return what it did before, to be handed to [#end] in a `finally`
    public Work begin(Work kind) {
        assert isOnLoop() : "the meter of another loop";
        return work.begin(kind);
    }

    /// As [#begin] if nothing was begun; else what was goes on.
    public Work beginIfNone(Work kind) {
        Work now = work.begun();
        return now == Work.OTHER ? begin(kind) : now;
    }

    /// The work that was begun last is over. Called on the loop.
    ///
    /// @param before what its beginning returned
    public void end(Work before) {
        work.end(before);
    }

    /// Runs a task as a kind of work. Called on the loop.
    public void run(Work kind, Runnable task) {
        Work before = begin(kind);
        try {
            task.run();
        } finally {
            end(before);
        }
    }

    /// A task that is a kind of work whenever it is run.
    public Runnable as(Work kind, Runnable task) {
        return () -> run(kind, task);
    }

    /// What the loop has spent its time on since it was made, up to this moment. The parts add up
    /// to the time that has gone by.
    public BusyTime busyTime() {
        return work.busyTime();
    }

    /// The share of the last completed second in which the loop did not wait, 0 to 1; 1 when the
    /// loop is blocked for a second or longer; 0 until the first second is over.
    public double utilization() {
        return lateNanos() >= WINDOW_NANOS ? 1 : completedWindow;
    }

    /// Whether something that is due has been waiting for more than 5 s.
    public boolean isStuck() {
        return lateNanos() > STUCK_NANOS;
    }

    /// How long the next probe is overdue, and with it anything else that is due; negative before
    /// its time, and until the loop is measured.
    public long lateNanos() {
        return now() - dueNanos;
    }

    /// The loop's thread; null until it runs.
    @Nullable Thread thread() {
        return thread;
    }

    /// Which thread runs the loop from now on.
    void runsOn(Thread loop) {
        thread = loop;
    }

    /// Where the loop's turns tell what they do.
    WorkTime work() {
        return work;
    }

    /// Begins to expect the probe. Called once, before the first [#probe].
    ///
    /// @param lagNanos gets the lateness of each probe, on the loop
    /// @return the time until the probe is due, in nanoseconds
    long start(LongConsumer lagNanos) {
        lag = lagNanos;
        windowStartNanos = now();
        windowStart = work.busyTime();
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
        BusyTime all = work.busyTime();
        BusyTime window = all.since(windowStart);
        completedWindow = (double) window.busyNanos() / window.totalNanos();
        windowStartNanos = now;
        windowStart = all;
    }

    private boolean isOnLoop() {
        Thread known = thread;
        return known == null || known.equals(Thread.currentThread());
    }

    private long now() {
        return nanoTime.getAsLong() - originNanos;
    }
}
