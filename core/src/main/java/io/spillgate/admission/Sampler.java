package io.spillgate.admission;

import io.spillgate.metrics.Counter;
import io.spillgate.metrics.Metrics;
import io.spillgate.metrics.Timing;

/// Closes one window after the other: measures, and has the rule decide the limit.
///
/// Called by one thread, which is not an event loop: a blocked loop must not stop the decisions.
/// What it tells may be asked on any thread.
public final class Sampler {
    private final Admission admission;
    private final Metrics metrics;
    private final Utilization utilization;
    private LimitRule rule;
    private double smoothing;
    private long windowStartNanos;
    private long completed;
    private long heldNanos;
    private long refused;
    private volatile double smoothedNanos;

    /// Begins the first window.
    ///
    /// @param smoothing the weight of the newest window in the smoothed latency
    public Sampler(
            Admission admission,
            Metrics metrics,
            Utilization utilization,
            LimitRule rule,
            double smoothing) {
        this.admission = admission;
        this.metrics = metrics;
        this.utilization = utilization;
        this.rule = rule;
        this.smoothing = smoothing;
        windowStartNanos = System.nanoTime();
    }

    /// Decides by another rule from the next window on.
    public synchronized void rule(LimitRule changed, double changedSmoothing) {
        rule = changed;
        smoothing = changedSmoothing;
    }

    /// Closes a window.
    public synchronized void sample() {
        long now = System.nanoTime();
        long completedNow = metrics.count(Timing.ADMISSION_HELD);
        long heldNow = metrics.sumNanos(Timing.ADMISSION_HELD);
        long refusedNow = metrics.totalOfLabels(Counter.ADMISSION_REJECTED);
        long ended = completedNow - completed;
        long meanNanos = ended == 0 ? 0 : (heldNow - heldNanos) / ended;
        Utilization.Load load = utilization.look(now);
        LimitRule.Window window =
                new LimitRule.Window(
                        admission.limit(),
                        admission.inFlight(),
                        admission.queued(),
                        load.share(),
                        load.lagNanos(),
                        ended,
                        meanNanos,
                        refusedNow - refused,
                        now - windowStartNanos);
        if (ended > 0) {
            smooth(meanNanos);
        }
        windowStartNanos = now;
        completed = completedNow;
        heldNanos = heldNow;
        refused = refusedNow;
        admission.update(rule.next(window), load.share(), backlogSeconds(window));
    }

    /// The moving average of how long admitted requests took, in nanoseconds.
    public double smoothedNanos() {
        return smoothedNanos;
    }

    private void smooth(long meanNanos) {
        double before = smoothedNanos;
        smoothedNanos = before == 0 ? meanNanos : before + smoothing * (meanNanos - before);
    }

    /// How long it would take to serve those that wait and those that were refused.
    private static double backlogSeconds(LimitRule.Window window) {
        double behind = window.queued() + window.refused();
        return behind * window.lengthNanos() / Math.max(1, window.completed()) / 1e9;
    }
}
