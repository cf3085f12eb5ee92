package io.spillgate.limits;

import io.netty.util.concurrent.EventExecutor;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/// The connections of one loop that hold unfinished input, in the order in which they began to.
///
/// Confined to the loop, but for what says otherwise. Every change is O(1).
public final class InputHolders {
    private static final long NOBODY = Long.MAX_VALUE;

    private final InputMemory memory;
    private final EventExecutor loop;
    private final LongSupplier nanoTime;
    private final long originNanos;
    private final AtomicBoolean asked = new AtomicBoolean();
    private @Nullable InputHolder first;
    private @Nullable InputHolder last;
    private volatile long oldestNanos = NOBODY;

    /// @param loop that of the connections
    /// @param nanoTime the clock, the same for all loops
    /// @param originNanos a time of that clock before everything, the same for all loops
    public InputHolders(
            InputMemory memory, EventExecutor loop, LongSupplier nanoTime, long originNanos) {
        this.memory = memory;
        this.loop = loop;
        this.nanoTime = nanoTime;
        this.originNanos = originNanos;
        memory.join(this);
    }

    /// The sum, and its bound.
    public InputMemory memory() {
        return memory;
    }

    /// Sheds who has held something for the longest time, over all loops, until the sum is within
    /// the bound. Another loop is asked to shed its own; only far above the bound nobody waits for
    /// it.
    public void relieve() {
        assert loop.inEventLoop();
        while (memory.isExceeded()) {
            InputHolders oldest = memory.oldest();
            if (oldest != null && !oldest.equals(this)) {
                oldest.relieveSoon();
            }
            InputHolder victim = first;
            boolean mine = equals(oldest) || memory.isFarExceeded();
            if (victim == null || !mine) {
                return;
            }
            victim.shed();
        }
    }

    /// When the oldest began, since the origin; above every time when there is none. Any thread.
    long oldestNanos() {
        return oldestNanos;
    }

    /// What a holder holds has changed.
    void changed(InputHolder holder, long before, long now) {
        assert loop.inEventLoop();
        if (before == 0) {
            append(holder);
        } else if (now == 0) {
            remove(holder);
        }
        memory.add(now - before);
    }

    void renew(InputHolder holder) {
        assert loop.inEventLoop();
        remove(holder);
        append(holder);
    }

    /// Any thread.
    private void relieveSoon() {
        if (asked.compareAndSet(false, true)) {
            loop.execute(() -> {
                asked.set(false);
                relieve();
            });
        }
    }

    private void append(InputHolder holder) {
        holder.sinceNanos = nanoTime.getAsLong() - originNanos;
        holder.before = last;
        if (last == null) {
            first = holder;
        } else {
            last.after = holder;
        }
        last = holder;
        publish();
    }

    private void remove(InputHolder holder) {
        if (holder.before == null) {
            first = holder.after;
        } else {
            holder.before.after = holder.after;
        }
        if (holder.after == null) {
            last = holder.before;
        } else {
            holder.after.before = holder.before;
        }
        holder.before = null;
        holder.after = null;
        publish();
    }

    private void publish() {
        long oldest = first == null ? NOBODY : first.sinceNanos;
        if (oldest != oldestNanos) {
            oldestNanos = oldest;
        }
    }
}
