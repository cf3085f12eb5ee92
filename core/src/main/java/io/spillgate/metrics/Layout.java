package io.spillgate.metrics;

/// Where each number lies in the array of a [Cells]: first every counter, one slot for each value
/// of its label, then every histogram, its buckets and after them the sum in nanoseconds.
final class Layout {
    /// Unused slots on either side (128 bytes), so that two threads never write to one cache line.
    private static final int PADDING = 16;

    private static final int[] COUNTER_SLOTS = new int[Counter.values().length];
    private static final int[] TIMING_SLOTS = new int[Timing.values().length];

    /// The length of the array.
    static final int LENGTH = layOut();

    private Layout() {}

    /// The slot of a counter, of its first label value if it has a label.
    static int slot(Counter counter) {
        return COUNTER_SLOTS[index(counter)];
    }

    /// The slot of one label value of a counter.
    static int slot(Counter counter, Enum<?> label) {
        return slot(counter) + index(label);
    }

    /// Whether a constant stands in its enum where its name stands in the values of the label.
    static boolean labels(Counter counter, Enum<?> label) {
        int index = index(label);
        return index < counter.labelValues().size()
                && counter.labelValues().get(index).equalsIgnoreCase(label.name());
    }

    /// The slot of a histogram's first bucket.
    static int slot(Timing timing) {
        return TIMING_SLOTS[index(timing)];
    }

    /// The slot of a histogram's sum.
    static int sumSlot(Timing timing) {
        return slot(timing) + Buckets.COUNT;
    }

    /// The place of a constant in an array. It lives no longer than the process and is never
    /// stored, so the order of the constants is free to change.
    @SuppressWarnings("EnumOrdinal")
    static int index(Enum<?> constant) {
        return constant.ordinal();
    }

    private static int layOut() {
        int next = PADDING;
        for (Counter counter : Counter.values()) {
            COUNTER_SLOTS[index(counter)] = next;
            boolean counted = counter != Counter.EVENT_LOOP_BUSY;
            next += counted ? Math.max(1, counter.labelValues().size()) : 0;
        }
        for (Timing timing : Timing.values()) {
            TIMING_SLOTS[index(timing)] = next;
            next += Buckets.COUNT + 1;
        }
        return next + PADDING;
    }
}
