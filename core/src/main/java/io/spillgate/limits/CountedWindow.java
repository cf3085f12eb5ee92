package io.spillgate.limits;

/// Two counters instead of all stamps, for limits that would need too many: the requests of the
/// present fixed window, and those of the one before, weighted by how much of it the sliding window
/// still covers.
///
/// An estimate: it supposes that the requests of the window before came evenly.
final class CountedWindow extends RateWindow {
    private final int limit;
    private final int windowTicks;
    private long windowStart = Long.MIN_VALUE;
    private int previous;
    private int current;

    CountedWindow(int limit, int windowTicks) {
        this.limit = limit;
        this.windowTicks = windowTicks;
    }

    @Override
    long acquireAt(long tick) {
        roll(tick);
        long elapsed = tick - windowStart;
        // previous * (window - elapsed) / window + current + 1 <= limit, without the division
        long room = (long) (limit - 1 - current) * windowTicks;
        long excess = previous * (windowTicks - elapsed) - room;
        if (excess <= 0) {
            current++;
            return 0;
        }
        if (current < limit) {
            return ceilDiv(excess, previous);
        }
        return windowTicks - elapsed + ceilDiv(windowTicks, current);
    }

    private void roll(long tick) {
        if (windowStart == Long.MIN_VALUE || tick - windowStart >= 2L * windowTicks) {
            windowStart = tick;
            previous = 0;
            current = 0;
        } else if (tick - windowStart >= windowTicks) {
            windowStart += windowTicks;
            previous = current;
            current = 0;
        }
    }

    private static long ceilDiv(long value, long divisor) {
        return Math.ceilDiv(value, divisor);
    }
}
