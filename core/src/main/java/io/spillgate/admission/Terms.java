package io.spillgate.admission;

import io.spillgate.config.BackpressureConfig;
import io.spillgate.config.Durations;
import io.spillgate.config.QueueDiscipline;
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
/// @param newestFirst whether a queue that stands is served from its end
/// @param standingAfterNanos when a queue stands
/// @param standingNanos longest wait in a queue that stands
record Terms(
        boolean adaptive,
        int floor,
        int ceiling,
        int initial,
        double eluMax,
        int queueSize,
        long queueNanos,
        boolean newestFirst,
        long standingAfterNanos,
        long standingNanos) {

    static Terms of(ServerConfig server) {
        BackpressureConfig backpressure = server.backpressure();
        int cap =
                server.maxConcurrentRequests() == 0
                        ? Integer.MAX_VALUE
                        : server.maxConcurrentRequests();
        boolean adaptive = backpressure.enabled();
        int ceiling = adaptive ? Math.min(cap, backpressure.maxLimit()) : cap;
        int floor = adaptive ? Math.min(backpressure.minLimit(), ceiling) : cap;
        return new Terms(
                adaptive,
                floor,
                ceiling,
                Math.clamp(backpressure.initialLimit().orElse(ceiling), floor, ceiling),
                backpressure.eluMax(),
                adaptive ? backpressure.queueSize() : 0,
                Durations.nanos(backpressure.queueTimeout()),
                backpressure.queueDiscipline() == QueueDiscipline.ADAPTIVE,
                Durations.nanos(backpressure.standingQueueAfter()),
                Durations.nanos(backpressure.standingQueueTimeout()));
    }

    int within(int limit) {
        return Math.clamp(limit, floor, ceiling);
    }
}
