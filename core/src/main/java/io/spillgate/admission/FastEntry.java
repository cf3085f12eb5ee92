package io.spillgate.admission;

/// Cuts a limit that is far too high in one step, where [AdaptiveLimit] takes some twenty windows,
/// does not lower one that makes nobody wait for long, and does not let it grow beyond what is
/// used.
///
/// By Little's law the requests that run are their rate times their time. If the loops are
/// saturated and what is due waits for too long, the rate at which requests end is what the loops
/// can do. The time that they should take is what they took before, elsewhere as well as here, and
/// the lag that is aimed at; so the limit follows.
///
/// A limit that has grown without being used says nothing: a load that jumps would fill it before
/// the next decision. For one thread.
final class FastEntry implements LimitRule {
    private static final double SATURATED = 0.99;

    private final LimitRule rule;
    private final long targetNanos;
    private long calmNanos;

    /// @param rule decides when there is nothing to cut
    /// @param targetNanos the lag that is aimed at
    FastEntry(LimitRule rule, long targetNanos) {
        this.rule = rule;
        this.targetNanos = targetNanos;
    }

    @Override
    public int next(Window window) {
        int slow = rule.next(window);
        boolean saturated = window.utilization() >= SATURATED;
        if (!saturated && window.completed() > 0) {
            calmNanos = window.meanNanos();
        }
        if (window.lagNanos() <= targetNanos) {
            return isUsed(window) ? Math.max(slow, window.limit()) : Math.min(slow, window.limit());
        }
        if (!saturated || window.completed() == 0) {
            return slow;
        }
        double rate = (double) window.completed() / window.lengthNanos();
        double fitting = rate * (calmNanos + targetNanos);
        return (int) Math.min(slow, Math.max(1, Math.ceil(fitting)));
    }

    /// Whether at least half of the limit was needed, now or on average.
    private static boolean isUsed(Window window) {
        double average = (double) window.completed() * window.meanNanos() / window.lengthNanos();
        return window.queued() > 0
                || window.refused() > 0
                || 2 * Math.max(window.inFlight(), average) >= window.limit();
    }
}
