package io.spillgate.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// What becomes of an error in the work for one connection: the connection is closed, so that no
/// request stays unanswered and open, and a failure to allocate memory is counted.
///
/// What a handler of a channel throws, Netty passes to the channel. What a task or the listener of
/// a future throws it only logs; so these run in here. Thread safe, but for what says otherwise.
///
/// Failures to allocate that go on for [#HOPELESS_NANOS] are a [Breakdown]: once a second somebody
/// tries to allocate, until that works or no connection has failed for [#QUIET_NANOS].
public final class Faults {
    /// How long after the last failure to allocate there is no readiness.
    static final long SHORT_NANOS = TimeUnit.SECONDS.toNanos(5);

    /// How long after the last failure nobody is in need any more.
    static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    /// How long memory may be short.
    static final long HOPELESS_NANOS = TimeUnit.SECONDS.toNanos(30);

    /// What the allocator of the connections takes at a time, at least.
    private static final int PROBE_BYTES = 128 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);

    private final LongSupplier nanoTime;
    private final CompletableFuture<Breakdown> broken;
    private final Breakdown hopeless = new Breakdown("memory_exhausted seconds=30");
    private final BooleanSupplier probe;
    private final AtomicLong failures = new AtomicLong();
    private volatile Runnable counter = () -> {};
    private volatile long lastNanos;
    private volatile @Nullable Throwable last;

    // Of the thread that looks.
    private long failuresTold;
    private long sinceNanos;
    private boolean failing;

    /// @param broken completed when allocations fail for too long
    public Faults(LongSupplier nanoTime, CompletableFuture<Breakdown> broken) {
        this(nanoTime, broken, Faults::canAllocate);
    }

    /// @param probe whether memory can be allocated
    Faults(LongSupplier nanoTime, CompletableFuture<Breakdown> broken, BooleanSupplier probe) {
        this.nanoTime = nanoTime;
        this.broken = broken;
        this.probe = probe;
    }

    /// Runs work for a connection, on its loop. Whatever it throws closes the connection.
    public void guard(Channel channel, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            close(channel, e);
        }
    }

    /// Closes a connection for which something has failed.
    public void close(Channel channel, Throwable cause) {
        if (!count(cause) && !(cause instanceof IOException)) {
            LOG.error("connection_failed peer={}", AddressText.of(channel.remoteAddress()), cause);
        }
        Cut.now(channel);
    }

    /// Closes a connection when a write fails.
    public ChannelFutureListener closing() {
        return written -> {
            if (!written.isSuccess()) {
                close(written.channel(), written.cause());
            }
        };
    }

    /// A task that runs again and again, whatever it throws; Netty would not run it again.
    public Runnable periodic(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                note("periodic_task_failed", e);
            }
        };
    }

    /// Counts a failure to allocate, and logs any other.
    ///
    /// @param event its name in the log
    public void note(String event, Throwable cause) {
        if (!count(cause)) {
            LOG.error(event, cause);
        }
    }

    /// Counts a failure to allocate.
    ///
    /// @return whether it was one: of the heap, or of direct memory by the JVM's or Netty's count
    public boolean count(Throwable cause) {
        if (!(cause instanceof OutOfMemoryError)) {
            return false;
        }
        last = cause;
        lastNanos = nanoTime.getAsLong();
        failures.incrementAndGet();
        counter.run();
        return true;
    }

    /// Sets what is called for each failure to allocate, on any thread; it must not allocate.
    public void counter(Runnable eachFailure) {
        counter = eachFailure;
    }

    /// Whether memory could not be allocated a few seconds ago.
    public boolean isShortOfMemory() {
        return failures.get() > 0 && nanoTime.getAsLong() - lastNanos < SHORT_NANOS;
    }

    /// Tells new failures, and whether there is hope. Called once a second, on one thread, which is
    /// no loop's.
    public void look() {
        long now = nanoTime.getAsLong();
        long count = failures.get();
        long fresh = count - failuresTold;
        failuresTold = count;
        if (fresh > 0) {
            LOG.warn("allocation_failed connections={} cause=\"{}\"", fresh, message());
        }
        if (!failing && fresh > 0) {
            failing = true;
            sinceNanos = now;
        }
        if (!failing) {
            return;
        }
        if (now - lastNanos >= QUIET_NANOS || probe.getAsBoolean()) {
            failing = false;
        } else if (now - sinceNanos >= HOPELESS_NANOS) {
            Throwable cause = last;
            if (cause != null) {
                hopeless.because(cause);
            }
            broken.complete(hopeless);
        }
    }

    private @Nullable String message() {
        Throwable cause = last;
        return cause == null ? null : cause.getMessage();
    }

    private static boolean canAllocate() {
        try {
            ByteBuf bytes = UnpooledByteBufAllocator.DEFAULT.directBuffer(PROBE_BYTES);
            bytes.release();
            return true;
        } catch (OutOfMemoryError e) {
            return false;
        }
    }
}
