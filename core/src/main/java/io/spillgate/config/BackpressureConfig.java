package io.spillgate.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// `[server.backpressure]`: how many requests may run at once, and who waits (react-server).
/// Everything from `countEventStreams` on is ours, and off.
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
/// @param countEventStreams whether an event stream of the hub counts as a request for life
/// @param queueDiscipline who is served first
/// @param standingQueueAfter for `adaptive`: how long requests have to wait without a pause for the
///   queue to count as standing
/// @param standingQueueTimeout for `adaptive`: longest wait in a standing queue
/// @param fastEntry whether a limit that is far too high is cut at once
/// @param targetLatency for `fastEntry`: the delay on the event loops that is aimed at
/// @param softRefusal whether subscribers are refused with an empty stream, so that browsers come
///   back
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
        boolean countEventStreams,
        QueueDiscipline queueDiscipline,
        @Bare(ChronoUnit.MILLIS) Duration standingQueueAfter,
        @Bare(ChronoUnit.MILLIS) Duration standingQueueTimeout,
        boolean fastEntry,
        @Bare(ChronoUnit.MILLIS) Duration targetLatency,
        boolean softRefusal) {
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
                    false,
                    QueueDiscipline.FIFO,
                    Duration.ofMillis(100),
                    Duration.ofMillis(20),
                    false,
                    Duration.ofMillis(100),
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
        Require.atLeast("standingQueueAfter", standingQueueAfter, Duration.ofMillis(1));
        Require.atLeast("standingQueueTimeout", standingQueueTimeout, Duration.ofMillis(1));
        Require.atLeast("targetLatency", targetLatency, Duration.ofMillis(1));
    }
}
