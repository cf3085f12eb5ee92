package io.spillgate.metrics;

import io.spillgate.config.OverflowPolicy;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// The numbers of one writer. An event loop's cells are written by its thread alone: a plain read,
/// an addition, an opaque store; no lock, no allocation, no cache line shared with another loop.
/// The cells of [Metrics#outside()] take writes of any thread, as atomic additions. Scrapers read
/// all of them at any time and see each number rise only.
public final class Cells {
    /// The statuses that have a row of their own; anything else counts as `other`.
    static final int MIN_STATUS = 100;

    static final int MAX_STATUS = 599;

    /// Stands for all statuses that have no row of their own.
    static final int OTHER_STATUS = 0;

    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    private final boolean shared;
    private final long[] cells = new long[Layout.LENGTH];
    private final AtomicReferenceArray<long[]> statuses =
            new AtomicReferenceArray<>(Handler.values().length);
    private long writerThreadId;

    Cells(boolean shared) {
        this.shared = shared;
    }

    /// Adds to a counter without a label.
    public void add(Counter counter, long count) {
        assert counter.labelNames().isEmpty() : counter + " has a label";
        add(Layout.slot(counter), count);
    }

    /// Counts one thing under a value of the counter's label.
    ///
    /// @param label the constant of that name, of the enum of those who count
    public void add(Counter counter, Enum<?> label) {
        assert Layout.labels(counter, label) : counter + " has no label " + label;
        add(Layout.slot(counter, label), 1);
    }

    /// Counts a request that was admitted after this time, in nanoseconds.
    public void admissionWait(long nanos) {
        record(Timing.ADMISSION_WAIT, nanos, 1);
    }

    /// Counts an admitted request that ended after this time, in nanoseconds.
    public void permitHeld(long nanos) {
        record(Timing.ADMISSION_HELD, nanos, 1);
    }

    /// Counts events that one subscriber did not get.
    public void dropped(OverflowPolicy policy, long events) {
        add(Layout.slot(Counter.MESSAGES_DROPPED, policy), events);
    }

    /// Counts an answered request and its duration in nanoseconds.
    public void request(Handler handler, int status, long durationNanos) {
        add(statusesOf(handler), statusSlot(status), 1);
        record(Timing.REQUEST_DURATION, durationNanos, 1);
    }

    /// Counts events of one age, in nanoseconds, that were written to a stream.
    public void deliveryLatency(long nanos, long events) {
        record(Timing.DELIVERY_LATENCY, nanos, events);
    }

    /// Counts a TLS handshake that ended after this time, in nanoseconds.
    public void tlsHandshake(long nanos) {
        record(Timing.TLS_HANDSHAKE, nanos, 1);
    }

    /// Counts a time that a task which was due had to wait for this loop, in nanoseconds.
    public void eventLoopLag(long nanos) {
        record(Timing.EVENT_LOOP_LAG, nanos, 1);
    }

    /// What a slot of [Layout] holds.
    long read(int slot) {
        return (long) CELL.getOpaque(cells, slot);
    }

    /// How many answers had this status.
    long readStatus(Handler handler, int status) {
        long[] table = statuses.getAcquire(Layout.index(handler));
        if (table == null) {
            return 0;
        }
        return (long) CELL.getOpaque(table, statusSlot(status));
    }

    private void record(Timing timing, long nanos, long count) {
        add(Layout.slot(timing) + Buckets.indexOf(nanos), count);
        add(Layout.sumSlot(timing), Math.max(nanos, 0) * count);
    }

    private long[] statusesOf(Handler handler) {
        long[] table = statuses.getAcquire(Layout.index(handler));
        if (table != null) {
            return table;
        }
        statuses.compareAndSet(Layout.index(handler), null, new long[MAX_STATUS - MIN_STATUS + 2]);
        return statuses.getAcquire(Layout.index(handler));
    }

    private static int statusSlot(int status) {
        boolean known = status >= MIN_STATUS && status <= MAX_STATUS;
        return known ? status - MIN_STATUS + 1 : 0;
    }

    private void add(int slot, long count) {
        add(cells, slot, count);
    }

    private void add(long[] table, int slot, long count) {
        assert count >= 0 : "a counter cannot fall, by " + count;
        if (shared) {
            CELL.getAndAdd(table, slot, count);
            return;
        }
        assert isWriter() : "cells of thread " + writerThreadId + " written by another";
        CELL.setOpaque(table, slot, table[slot] + count);
    }

    private boolean isWriter() {
        long current = Thread.currentThread().threadId();
        if (writerThreadId == 0) {
            writerThreadId = current;
        }
        return writerThreadId == current;
    }
}
