package io.spillgate.limits;

import java.util.Arrays;

/// Remembers the time of every request that was admitted, so that no window of the length, wherever
/// it begins, holds more than the limit.
///
/// A ring of as many stamps as fit the limit, grown as they come. A stamp is the lower half of the
/// tick; since a window is at most 2^30 ticks and stale stamps go at every visit, the difference of
/// two halves is never ambiguous, except after a long silence, when nothing is left anyway.
final class ExactWindow extends RateWindow {
    private static final int FIRST_CAPACITY = 4;

    private final int limit;
    private final int windowTicks;
    private int[] stamps = new int[FIRST_CAPACITY];
    private int oldest;
    private int size;
    private long lastAdmittedTick;

    ExactWindow(int limit, int windowTicks) {
        this.limit = limit;
        this.windowTicks = windowTicks;
    }

    @Override
    long acquireAt(long tick) {
        forgetStale(tick);
        if (size == limit) {
            return (long) windowTicks - age(tick);
        }
        if (size == stamps.length) {
            grow();
        }
        stamps[index(size)] = (int) tick;
        size++;
        lastAdmittedTick = tick;
        return 0;
    }

    private void forgetStale(long tick) {
        if (size > 0 && tick - lastAdmittedTick >= windowTicks) {
            oldest = 0;
            size = 0;
        }
        while (size > 0 && age(tick) >= windowTicks) {
            oldest = index(1);
            size--;
        }
    }

    /// Ticks since the oldest stamp.
    private int age(long tick) {
        return (int) tick - stamps[oldest];
    }

    private int index(int offset) {
        int index = oldest + offset;
        return index < stamps.length ? index : index - stamps.length;
    }

    private void grow() {
        int[] grown = Arrays.copyOf(stamps, Math.min(2 * stamps.length, limit));
        for (int i = 0; i < size; i++) {
            grown[i] = stamps[index(i)];
        }
        stamps = grown;
        oldest = 0;
    }
}
