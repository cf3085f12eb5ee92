package io.spillgate.admission;

import io.spillgate.config.BackpressureConfig;
import io.spillgate.config.Durations;
import io.spillgate.config.ServerConfig;
import io.spillgate.metrics.Counter;
import io.spillgate.metrics.Metrics;
import io.spillgate.metrics.Timing;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Closes one window after the other: measures, and has the rule decide the limit.
///
/// Called by one thread, which is not an event loop: a blocked loop must not stop the decisions.
/// What it tells may be asked on any thread.
public final class Sampler {
    /// How often [#tick] wants to be called; a window is at least four times as long.
    public static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    /// With the profile `latency`: time between two decisions, and the lag that is aimed at.
    private static final long LATENCY_WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long TARGET_LAG_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Admission admission;
    private final Metrics metrics;
    private final Utilization utilization;
    private final @Nullable LimitRule ownRule;
    private final LongSupplier nanoTime;
    private ServerConfig applied;
    private LimitRule rule;
    private long windowStartNanos;
    private long completed;
    private long heldNanos;
    private long refused;
    private volatile double smoothedNanos;

    /// Begins the first window.
    ///
    /// @param ownRule decides instead of [AdaptiveLimit], whatever the configuration says; null for
    ///   none
    /// @param nanoTime the clock, in nanoseconds
    public Sampler(
            Admission admission,
            Metrics metrics,
            Utilization utilization,
            ServerConfig server,
            @Nullable LimitRule ownRule,
            LongSupplier nanoTime) {
        this.admission = admission;
        this.metrics = metrics;
        this.utilization = utilization;
        this.ownRule = ownRule;
        this.nanoTime = nanoTime;
        applied = server;
        rule = rule(server);
        windowStartNanos = nanoTime.getAsLong();
    }

    /// Decides by a changed configuration from now on.
    public synchronized void apply(ServerConfig server) {
        if (!server.equals(applied)) { // else the rule keeps what it has seen
            applied = server;
            rule = rule(server);
        }
    }

    /// Notes how late the loops are, and closes the window when it is over.
    public synchronized void tick() {
        utilization.noteLag();
        if (nanoTime.getAsLong() - windowStartNanos >= windowNanos()) {
            sample();
        }
    }

    /// The moving average of how long admitted requests took, in nanoseconds.
    public double smoothedNanos() {
        return smoothedNanos;
    }

    private void sample() {
        long now = nanoTime.getAsLong();
        long completedNow = metrics.count(Timing.ADMISSION_HELD);
        long heldNow = metrics.sumNanos(Timing.ADMISSION_HELD);
        long refusedNow = metrics.totalOfLabels(Counter.ADMISSION_REJECTED);
        long ended = completedNow - completed;
        long meanNanos = ended == 0 ? 0 : (heldNow - heldNanos) / ended;
        Utilization.Load load = utilization.look();
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
        admission.update(rule.next(window), load.share());
    }

    private LimitRule rule(ServerConfig server) {
        if (ownRule != null) {
            return ownRule;
        }
        BackpressureConfig backpressure = server.backpressure();
        Terms terms = Terms.of(server);
        LimitRule slow = new AdaptiveLimit(terms.floor(), terms.ceiling(), terms.eluMax());
        return switch (backpressure.profile()) {
            case FAIR -> slow;
            case LATENCY -> new LittlesLawLimit(slow, TARGET_LAG_NANOS);
        };
    }

    private long windowNanos() {
        BackpressureConfig backpressure = applied.backpressure();
        return switch (backpressure.profile()) {
            case FAIR -> Durations.nanos(backpressure.sampleWindow());
            case LATENCY -> LATENCY_WINDOW_NANOS;
        };
    }

    private void smooth(long meanNanos) {
        double before = smoothedNanos;
        double smoothing = applied.backpressure().smoothingFactor();
        smoothedNanos = before == 0 ? meanNanos : before + smoothing * (meanNanos - before);
    }
}
