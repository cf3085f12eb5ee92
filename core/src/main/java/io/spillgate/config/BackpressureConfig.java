package io.spillgate.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// `[server.backpressure]`: how many requests may run at once, and who waits (react-server).
/// Everything from `profile` on is ours.
///
/// @param enabled whether the limit adapts; without, only `maxConcurrentRequests` holds
/// @param initialLimit the limit at the start; absent = the ceiling
/// @param minLimit the floor
/// @param maxLimit the ceiling; the lower of this and `maxConcurrentRequests` counts
/// @param eluMax utilization of the event loops, 0 to 1: at it the limit falls, above it nobody
///   waits
/// @param sampleWindow time between two decisions
/// @param smoothingFactor weight of the newest window in the reported latency, 0 to 1
/// @param queueSize requests that may wait; 0 = no waiting
/// @param queueTimeout longest wait
/// @param profile what counts under overload
/// @param softRefusal whether subscribers are refused with an empty stream, so that browsers come
///   back
/// @param countEventStreams whether event streams, also those of backends, and tunnels count as
///   requests for life
public record BackpressureConfig(
        boolean enabled,
        Optional<Integer> initialLimit,
        int minLimit,
        int maxLimit,
        double eluMax,
        @Bare(ChronoUnit.MILLIS) Duration sampleWindow,
        double smoothingFactor,
        int queueSize,
        @Bare(ChronoUnit.MILLIS) Duration queueTimeout,
        BackpressureProfile profile,
        boolean softRefusal,
        boolean countEventStreams) {
    private static final int MOST = 1_000_000;

    /// What holds for every key that is not set.
    public static final BackpressureConfig DEFAULT =
            new BackpressureConfig(
                    true,
                    Optional.empty(),
                    1,
                    1000,
                    0.95,
                    Duration.ofSeconds(1),
                    0.2,
                    100,
                    Duration.ofSeconds(5),
                    BackpressureProfile.FAIR,
                    false,
                    false);

    public BackpressureConfig {
        initialLimit.ifPresent(limit -> Require.between("initialLimit", limit, 1, MOST));
        Require.between("minLimit", minLimit, 1, MOST);
        Require.between("maxLimit", maxLimit, 1, MOST);
        if (minLimit > maxLimit) {
            throw new InvalidValue(
                    "minLimit", "is " + minLimit + ", must be at most maxLimit, " + maxLimit);
        }
        Require.fraction("eluMax", eluMax);
        Require.atLeast("sampleWindow", sampleWindow, Duration.ofMillis(100));
        Require.fraction("smoothingFactor", smoothingFactor);
        Require.between("queueSize", queueSize, 0, MOST);
        Require.atLeast("queueTimeout", queueTimeout, Duration.ofMillis(1));
    }
}
