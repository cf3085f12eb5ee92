package io.spillgate.net;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.LongSupplier;

/// What one event loop has spent its time on since it was made, and what it does right now.
///
/// Written by the loop's thread alone, read by any. Every moment is charged to one class of [Work],
/// also the span that has not ended yet: while a loop is blocked, what blocks it grows.
///
/// A change of what is charged costs one look at the clock and a few stores. Two things save
/// changes: what is begun again goes on, and while sockets are served, the end of the outermost
/// work changes nothing: what is between two sockets, mostly the system call that reads the next
/// one, counts towards what was done for the last one. So a turn in which a hundred connections
/// bring requests has one change, not two hundred.
///
/// The state has a version: odd while the loop changes it, and another one afterwards. A reader
/// takes the state between two equal even versions. The loop looks at the clock between them too,
/// and not before the odd version has become visible, so that it never ends a span at a time for
/// which a reader may have counted it already. The other fences are those that such a lock needs:
/// nothing of the change becomes visible after the even version, and nothing is read after the
/// second look at the version.
final class WorkTime {
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);

    /// Unused slots on either side (128 bytes), so that two loops never write to one cache line.
    private static final int PADDING = 16;

    private static final int SPENT = PADDING;
    private static final int CHARGED = SPENT + Work.COUNT;
    private static final int SINCE = CHARGED + 1;
    private static final int VERSION = SINCE + 1;

    // Of the loop's thread alone.
    private static final int BEGUN = VERSION + 1;
    private static final int SERVING_SOCKETS = BEGUN + 1;
    private static final int LENGTH = SERVING_SOCKETS + 1 + PADDING;

    private final LongSupplier nanoTime;
    private final long[] slots = new long[LENGTH];

    /// A loop that waits since now.
    WorkTime(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        slots[CHARGED] = Work.IDLE.index();
        slots[BEGUN] = Work.IDLE.index();
        slots[SINCE] = nanoTime.getAsLong();
    }

    /// The loop begins to wait.
    void waitBegins() {
        begin(Work.IDLE);
    }

    /// The loop does not wait any more.
    void waitEnds() {
        begin(Work.OTHER);
    }

    /// The loop looks at its sockets and serves those that are ready.
    void socketsBegin() {
        slots[SERVING_SOCKETS] = 1;
        begin(Work.OTHER);
    }

    /// The sockets are served; tasks follow.
    void socketsEnd() {
        slots[SERVING_SOCKETS] = 0;
        begin(Work.OTHER);
    }

    /// The loop begins something.
    ///
    /// @return what it did before, for [#end]
    Work begin(Work work) {
        Work before = begun();
        slots[BEGUN] = work.index();
        charge(work);
        return before;
    }

    /// What the loop did last is over, and it goes on with what it did before.
    void end(Work before) {
        slots[BEGUN] = before.index();
        if (before != Work.OTHER || slots[SERVING_SOCKETS] == 0) {
            charge(before);
        }
    }

    /// What the loop does; of the loop's thread alone.
    Work begun() {
        return Work.at(slots[BEGUN]);
    }

    /// The times up to now, with that of what is being done; together they are what has gone by
    /// since this was made. Any thread.
    BusyTime busyTime() {
        long now = nanoTime.getAsLong();
        long[] nanos = new long[Work.COUNT];
        while (true) {
            long version = (long) SLOT.getAcquire(slots, VERSION);
            for (int i = 0; i < nanos.length; i++) {
                nanos[i] = read(SPENT + i);
            }
            long charged = read(CHARGED);
            long since = read(SINCE);
            VarHandle.acquireFence();
            if (version == read(VERSION) && (version & 1) == 0) {
                // A span that began after the look at the clock ends its predecessor later than
                // now.
                nanos[(int) charged] += Math.max(0, now - since);
                return new BusyTime(nanos);
            }
            Thread.onSpinWait();
        }
    }

    private void charge(Work work) {
        if (slots[CHARGED] != work.index()) {
            chargeFromNow(work);
        }
    }

    private void chargeFromNow(Work work) {
        long version = slots[VERSION];
        write(VERSION, version + 1);
        VarHandle.fullFence();
        long now = nanoTime.getAsLong();
        int spent = SPENT + (int) slots[CHARGED];
        write(spent, slots[spent] + now - slots[SINCE]);
        write(CHARGED, work.index());
        write(SINCE, now);
        SLOT.setRelease(slots, VERSION, version + 2);
    }

    private long read(int slot) {
        return (long) SLOT.getOpaque(slots, slot);
    }

    private void write(int slot, long value) {
        SLOT.setOpaque(slots, slot, value);
    }
}
