package io.spillgate.admission;

/// Cuts a limit that is far too high in one step, where [AdaptiveLimit] takes some twenty windows.
///
/// By Little's law the requests that run are their rate times their time. If the loops are
/// saturated and what is due waits for too long, their rate is what the loops can do, and their
/// time is too long by the lag beyond the target; so the limit for the target follows. Time that is
/// spent elsewhere, as at a slow backend, remains.
///
/// @param rule decides when there is nothing to cut
/// @param targetNanos the lag that is aimed at
record FastEntry(LimitRule rule, long targetNanos) implements LimitRule {
    private static final double SATURATED = 0.99;

    @Override
    public int next(Window window) {
        int slow = rule.next(window);
        boolean late = window.utilization() >= SATURATED && window.lagNanos() > targetNanos;
        if (!late || window.completed() == 0) {
            return slow;
        }
        double rate = (double) window.completed() / window.lengthNanos();
        long elsewhereNanos = Math.max(0, window.meanNanos() - window.lagNanos());
        double fitting = rate * (elsewhereNanos + targetNanos);
        return (int) Math.min(slow, Math.max(1, Math.ceil(fitting)));
    }
}
