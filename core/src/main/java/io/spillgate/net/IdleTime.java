package io.spillgate.net;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.LongSupplier;

/// How long one event loop has waited, in total, for sockets, timers and tasks. Everything else is
/// work, also what has not ended yet: while a loop is blocked this stands still.
///
/// Written by the loop's thread alone, read by any. One word holds the total and whether the loop
/// waits right now, so that a reader never has one without the other. Its lowest bit is set during
/// a wait; the rest is the total while the loop works, and the beginning of the wait less the total
/// before it while the loop waits. Either way the new rest is the present less the old one, which
/// costs one look at the clock, one store and no allocation.
final class IdleTime {
    private static final VarHandle WORD = word();
    private static final long WAITING = 1;

    private final LongSupplier nanoTime;
    private final long originNanos;
    private long word = WAITING;

    /// A loop that waits since now.
    IdleTime(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        originNanos = nanoTime.getAsLong();
    }

    /// The loop begins to wait, unless it does so already.
    void waitBegins() {
        if ((word & WAITING) == 0) {
            WORD.setRelease(this, (now() - (word >> 1)) << 1 | WAITING);
        }
    }

    /// The loop begins to work, unless it does so already.
    void waitEnds() {
        if ((word & WAITING) != 0) {
            WORD.setRelease(this, (now() - (word >> 1)) << 1);
        }
    }

    /// The total up to now, a wait under way included.
    long nanos() {
        long seen = (long) WORD.getAcquire(this);
        return (seen & WAITING) == 0 ? seen >> 1 : now() - (seen >> 1);
    }

    private long now() {
        return nanoTime.getAsLong() - originNanos;
    }

    private static VarHandle word() {
        try {
            return MethodHandles.lookup().findVarHandle(IdleTime.class, "word", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
