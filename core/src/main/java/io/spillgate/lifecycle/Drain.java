package io.spillgate.lifecycle;

import io.netty.channel.EventLoop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Waits for what is left when the gateway shuts down, but not for ever. Thread safe.
public final class Drain {
    private static final long LOOK_MILLIS = 20;
    private static final int LOOKS_PER_REPORT = 50;

    private final Lifecycle lifecycle;
    private final BooleanSupplier idle;
    private final EventLoop loop;
    private final Runnable report;
    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
    private volatile long deadlineNanos;
    private int looks;

    /// @param idle whether nothing is left
    /// @param loop where to look from time to time
    /// @param report run there about once a second while something is left
    public Drain(Lifecycle lifecycle, BooleanSupplier idle, EventLoop loop, Runnable report) {
        this.lifecycle = lifecycle;
        this.idle = idle;
        this.loop = loop;
        this.report = report;
    }

    /// Begins to wait, for at most this long.
    public void begin(long mostNanos) {
        deadlineNanos = System.nanoTime() + mostNanos;
        loop.execute(this::look);
    }

    /// The time that remains once it has begun; 0 when it is over.
    public long leftNanos() {
        return Math.max(0, deadlineNanos - System.nanoTime());
    }

    /// Completes on the loop: true when nothing was left, false when the time was over or the
    /// gateway was closed.
    public CompletableFuture<Boolean> ended() {
        return ended;
    }

    private void look() {
        boolean over =
                System.nanoTime() - deadlineNanos >= 0
                        || lifecycle.state() == Lifecycle.State.CLOSED;
        if (idle.getAsBoolean()) {
            ended.complete(true);
        } else if (over) {
            ended.complete(false);
        } else {
            if (++looks % LOOKS_PER_REPORT == 0) {
                report.run();
            }
            loop.schedule(this::look, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
