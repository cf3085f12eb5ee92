package io.spillgate.net;

import java.util.Map;

/// How much time an event loop has spent on what. Immutable.
public final class BusyTime {
    private final long[] nanosByWork;

    /// @param nanosByWork kept, by [Work#index]
    BusyTime(long[] nanosByWork) {
        this.nanosByWork = nanosByWork;
    }

    /// What a map says, in nanoseconds; nothing on what it does not name.
    public static BusyTime of(Map<Work, Long> nanos) {
        long[] nanosByWork = new long[Work.COUNT];
        nanos.forEach((work, spent) -> nanosByWork[work.index()] = spent);
        return new BusyTime(nanosByWork);
    }

    /// The time spent on one class of work, in nanoseconds.
    public long nanos(Work work) {
        return nanosByWork[work.index()];
    }

    /// The time spent on anything but waiting, in nanoseconds.
    public long busyNanos() {
        return totalNanos() - nanos(Work.IDLE);
    }

    /// All of it together, in nanoseconds: the time that went by.
    public long totalNanos() {
        long total = 0;
        for (long nanos : nanosByWork) {
            total += nanos;
        }
        return total;
    }

    /// What came on top since an earlier moment of the same loop.
    public BusyTime since(BusyTime earlier) {
        long[] grown = new long[Work.COUNT];
        for (int i = 0; i < grown.length; i++) {
            grown[i] = nanosByWork[i] - earlier.nanosByWork[i];
        }
        return new BusyTime(grown);
    }
}
