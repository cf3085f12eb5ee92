package io.spillgate.limits;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// The bytes of unfinished input that all connections of a listener hold together, and a bound on
/// them.
///
/// Overflow action: whoever brings the sum above the bound calls [InputHolders#relieve()], which
/// sheds those who have held something for the longest time. The sum and the bound may be read and
/// set on any thread; it costs an atomic operation only when a connection holds something for
/// longer than one read.
public final class InputMemory {
    private final AtomicLong used = new AtomicLong();
    private final List<InputHolders> loops = new CopyOnWriteArrayList<>();
    private volatile long limitBytes;

    /// A bound of so many bytes.
    public InputMemory(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /// Bytes that are held now.
    public long usedBytes() {
        return used.get();
    }

    /// Bytes that may be held.
    public long limitBytes() {
        return limitBytes;
    }

    /// Changes the bound. Above a lower one, the next who holds more sheds.
    public void setLimit(long bytes) {
        limitBytes = bytes;
    }

    /// Whether more is held than may be.
    public boolean isExceeded() {
        return used.get() > limitBytes;
    }

    /// Whether the sum is so far above the bound that nobody waits for another loop to shed.
    boolean isFarExceeded() {
        long limit = limitBytes;
        return used.get() > limit + limit / 8;
    }

    void join(InputHolders loop) {
        loops.add(loop);
    }

    void add(long bytes) {
        used.addAndGet(bytes);
    }

    /// The loop with the oldest holder of all; null when nobody holds anything.
    @Nullable InputHolders oldest() {
        InputHolders oldest = null;
        for (InputHolders loop : loops) {
            if (loop.oldestNanos() < (oldest == null ? Long.MAX_VALUE : oldest.oldestNanos())) {
                oldest = loop;
            }
        }
        return oldest;
    }
}
