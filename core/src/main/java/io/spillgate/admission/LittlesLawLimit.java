package io.spillgate.admission;

/// Little's law, *requests = rate * time*, as an upper bound of what another rule says: when the
/// loops are saturated and late, only as many requests may run as the loops do in the latency floor
/// and the lag that is aimed at.
///
/// The rate is that at which requests end. The floor is what they take while the loops are not
/// saturated, elsewhere as well as here; it falls at once and rises slowly, because requests that
/// began in a jam may end after it.
///
/// A limit that makes nobody wait for long does not fall, however busy the loops are. A limit that
/// is not used does not rise: a load that jumps would fill it before the next decision. For one
/// thread.
final class LittlesLawLimit implements LimitRule {
    private static final double SATURATED = 0.99;

    /// Windows of one rise of the floor.
    private static final int RISE = 16;

    private final LimitRule rule;
    private final long targetNanos;
    private long floorNanos;

    /// @param rule decides when there is nothing to cut
    /// @param targetNanos the lag that is aimed at
    LittlesLawLimit(LimitRule rule, long targetNanos) {
        this.rule = rule;
        this.targetNanos = targetNanos;
    }

    @Override
    public int next(Window window) {
        int slow = rule.next(window);
        boolean saturated = window.utilization() >= SATURATED;
        if (!saturated && window.completed() > 0) {
            noteFloor(window.meanNanos());
        }
        if (window.lagNanos() <= targetNanos) {
            return isUsed(window) ? Math.max(slow, window.limit()) : Math.min(slow, window.limit());
        }
        if (!saturated || window.completed() == 0) {
            return slow;
        }
        double rate = (double) window.completed() / window.lengthNanos();
        double fitting = rate * (floorNanos + targetNanos);
        return (int) Math.min(slow, Math.max(1, Math.ceil(fitting)));
    }

    private void noteFloor(long meanNanos) {
        boolean falls = floorNanos == 0 || meanNanos < floorNanos;
        floorNanos = falls ? meanNanos : floorNanos + (meanNanos - floorNanos) / RISE;
    }

    /// Whether at least half of the limit was needed, now or on average.
    private static boolean isUsed(Window window) {
        double average = (double) window.completed() * window.meanNanos() / window.lengthNanos();
        return window.queued() > 0
                || window.refused() > 0
                || 2 * Math.max(window.inFlight(), average) >= window.limit();
    }
}
