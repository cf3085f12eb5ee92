package io.spillgate.admission;

import io.spillgate.config.BackpressureConfig;
import io.spillgate.config.BackpressureProfile;
import io.spillgate.config.Durations;
import io.spillgate.config.ServerConfig;

/// What the configuration says of admission.
///
/// @param adaptive whether the limit adapts, and requests may wait
/// @param floor the lowest limit
/// @param ceiling the highest limit
/// @param initial the first limit
/// @param eluMax utilization above which nobody waits
/// @param queueSize requests that may wait
/// @param queueNanos longest wait
/// @param profile what counts under overload
record Terms(
        boolean adaptive,
        int floor,
        int ceiling,
        int initial,
        double eluMax,
        int queueSize,
        long queueNanos,
        BackpressureProfile profile) {
    /// A limit that is wide open in calm times is filled by a load that jumps before the first
    /// decision; one that is too low is doubled in seven.
    private static final int INITIAL_FOR_LATENCY = 100;

    static Terms of(ServerConfig server) {
        BackpressureConfig backpressure = server.backpressure();
        int cap =
                server.maxConcurrentRequests() == 0
                        ? Integer.MAX_VALUE
                        : server.maxConcurrentRequests();
        boolean adaptive = backpressure.enabled();
        int ceiling = adaptive ? Math.min(cap, backpressure.maxLimit()) : cap;
        int floor = adaptive ? Math.min(backpressure.minLimit(), ceiling) : cap;
        boolean latency = adaptive && backpressure.profile() == BackpressureProfile.LATENCY;
        int usual = latency ? INITIAL_FOR_LATENCY : ceiling;
        return new Terms(
                adaptive,
                floor,
                ceiling,
                Math.clamp(backpressure.initialLimit().orElse(usual), floor, ceiling),
                backpressure.eluMax(),
                adaptive ? backpressure.queueSize() : 0,
                Durations.nanos(backpressure.queueTimeout()),
                backpressure.profile());
    }

    int within(int limit) {
        return Math.clamp(limit, floor, ceiling);
    }
}
