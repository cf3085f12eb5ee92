package io.spillgate.lifecycle;

import io.netty.channel.EventLoop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Waits for what is left when the gateway shuts down, but not for ever. Thread safe.
public final class Drain {
    private static final long LOOK_MILLIS = 20;

    private final Lifecycle lifecycle;
    private final BooleanSupplier idle;
    private final EventLoop loop;
    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
    private long deadlineNanos;

    /// @param idle whether nothing is left
    /// @param loop where to look from time to time
    public Drain(Lifecycle lifecycle, BooleanSupplier idle, EventLoop loop) {
        this.lifecycle = lifecycle;
        this.idle = idle;
        this.loop = loop;
    }

    /// Begins to wait, for at most this long.
    public void begin(long mostNanos) {
        loop.execute(() -> {
            deadlineNanos = System.nanoTime() + mostNanos;
            look();
        });
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
            loop.schedule(this::look, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
