package io.spillgate.admission;

/// Decides how many requests may run at once, from what the last window brought. [AdaptiveLimit] is
/// the one that the configuration means.
@FunctionalInterface
public interface LimitRule {
    /// The next limit. Called by one thread at a time, never by an event loop; it must not block.
    /// The answer is brought between the configured floor and ceiling.
    int next(Window window);

    /// What happened since the last decision.
    ///
    /// @param limit the limit so far
    /// @param inFlight requests that run now
    /// @param queued requests that wait now
    /// @param utilization of the event loops by requests, 0 to 1 (see [Utilization])
    /// @param lagNanos the longest that anything due had to wait for an event loop
    /// @param completed requests that ended
    /// @param meanNanos how long those ran on average; 0 when there were none
    /// @param refused requests that were refused by admission
    /// @param lengthNanos how long the window was
    record Window(
            int limit,
            int inFlight,
            int queued,
            double utilization,
            long lagNanos,
            long completed,
            long meanNanos,
            long refused,
            long lengthNanos) {}
}
