package io.spillgate.lifecycle;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// Waits for what is left when the gateway shuts down, but not for ever. Thread safe.
public final class Drain {
    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);
    private static final long LOOK_MILLIS = 20;
    private static final int LOOKS_PER_REPORT = 50;

    private final Lifecycle lifecycle;
    private final BooleanSupplier idle;
    private final BooleanSupplier quiet;
    private final Runnable tell;
    private final ScheduledExecutorService thread;
    private final Runnable report;
    private final LongSupplier nanoTime;
    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
    private volatile long deadlineNanos;
    private volatile long graceEndNanos;
    private final AtomicBoolean graceOver = new AtomicBoolean();
    private volatile boolean told;
    private volatile @Nullable Future<?> looking;
    private int looks;

    /// @param idle whether nothing is left
    /// @param quiet whether nobody is there, and nobody was lately
    /// @param tell tells everybody who has to end; run once, when the time of grace is over
    /// @param thread where to look from time to time; not that of an event loop, which may be stuck
    /// @param report run there about once a second while something is left
    /// @param nanoTime the clock, in nanoseconds
    public Drain(
            Lifecycle lifecycle,
            BooleanSupplier idle,
            BooleanSupplier quiet,
            Runnable tell,
            ScheduledExecutorService thread,
            Runnable report,
            LongSupplier nanoTime) {
        this.lifecycle = lifecycle;
        this.idle = idle;
        this.quiet = quiet;
        this.tell = tell;
        this.thread = thread;
        this.report = report;
        this.nanoTime = nanoTime;
    }

    /// Begins to wait.
    ///
    /// @param mostNanos for at most this long
    /// @param graceNanos for this long of it nobody is told, unless it is quiet
    public void begin(long mostNanos, long graceNanos) {
        long now = nanoTime.getAsLong();
        deadlineNanos = now + mostNanos;
        graceEndNanos = now + graceNanos;
        looking =
                thread.scheduleWithFixedDelay(
                        this::lookAgain, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        endGraceIfDue();
    }

    /// The time that remains once it has begun; 0 when it is over.
    public long leftNanos() {
        return Math.max(0, deadlineNanos - nanoTime.getAsLong());
    }

    /// Completes on that thread: true when nothing was left, false when the time was over or the
    /// gateway was closed.
    public CompletableFuture<Boolean> ended() {
        return ended;
    }

    /// A look that fails, for want of memory say, does not end the wait.
    private void lookAgain() {
        try {
            look();
        } catch (RuntimeException | Error e) {
            LOG.error("drain_look_failed", e);
        }
    }

    private void endGraceIfDue() {
        boolean due =
                !graceOver.get()
                        && (graceEndNanos - nanoTime.getAsLong() <= 0 || quiet.getAsBoolean());
        if (due && graceOver.compareAndSet(false, true)) {
            tell.run();
            told = true;
        }
    }

    private void look() {
        endGraceIfDue();
        boolean over =
                nanoTime.getAsLong() - deadlineNanos >= 0
                        || lifecycle.state() == Lifecycle.State.CLOSED;
        if (told && idle.getAsBoolean()) {
            end(true);
        } else if (over) {
            end(false);
        } else if (++looks % LOOKS_PER_REPORT == 0) {
            report.run();
        }
    }

    private void end(boolean nothingLeft) {
        Future<?> looks = looking;
        if (looks != null) {
            looks.cancel(false);
        }
        ended.complete(nothingLeft);
    }
}
