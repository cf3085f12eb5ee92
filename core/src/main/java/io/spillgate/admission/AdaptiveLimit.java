package io.spillgate.admission;

/// Additive increase, multiplicative decrease, steered by how busy the event loops are
/// (react-server).
///
/// Busy loops only count when at least half of the limit is used: else it is not the requests that
/// keep them busy. The decrease is a tenth; the increase is the square root, so that a low limit
/// recovers in small steps and a high one in large ones. Without state.
///
/// @param minLimit the floor
/// @param maxLimit the ceiling
/// @param eluMax the utilization at which the limit falls, 0 to 1
public record AdaptiveLimit(int minLimit, int maxLimit, double eluMax) implements LimitRule {
    @Override
    public int next(Window window) {
        return next(window.limit(), window.inFlight(), window.utilization());
    }

    int next(int limit, int inFlight, double utilization) {
        if (utilization < eluMax) {
            int step = Math.max(1, (int) Math.ceil(Math.sqrt(limit)));
            return Math.clamp((long) limit + step, minLimit, maxLimit);
        }
        if (2L * inFlight < limit) {
            return Math.clamp(limit, minLimit, maxLimit);
        }
        return Math.clamp(9L * limit / 10, minLimit, maxLimit);
    }
}
