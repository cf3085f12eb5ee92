package io.spillgate.bench.overload;

import com.netflix.concurrency.limits.limit.Gradient2Limit;

import io.spillgate.admission.LimitRule;

/// Netflix's Gradient2 with its own defaults, in the place of our rule: one sample for each window,
/// the mean latency, as its own windowed limit does. A window of few requests changes nothing.
final class Gradient2Rule implements LimitRule {
    private static final int FEW = 10;

    private final Gradient2Limit gradient = Gradient2Limit.newDefault();

    @Override
    public int next(Window window) {
        if (window.completed() > FEW) {
            gradient.onSample(
                    System.nanoTime() - window.meanNanos(),
                    window.meanNanos(),
                    window.inFlight(),
                    false);
        }
        return gradient.getLimit();
    }
}
