package io.spillgate.admission;

import io.spillgate.net.LoopMeter;

import java.util.Arrays;
import java.util.List;

/// How busy the event loops were with requests since the last look. For one thread.
///
/// Fan-out does not count as work for requests: it yields to them after every slice, so as far as
/// it takes no more of a loop than they do it is left out of the account; and what it takes beyond
/// that is time that requests did not want. Of a loop that worked `r` for requests, `f` for fan-out
/// and waited `i`, that is `r / (r + i + max(0, f - r))`.
///
/// Of all loops it is the mean over the busier half: one hot loop among many is not lost in the
/// mean, and does not speak for all.
public final class Utilization {
    private final List<LoopMeter> meters;
    private final long[] idleNanos;
    private final long[] fanOutNanos;
    private long lookedNanos;

    /// Looks for the first time.
    ///
    /// @param meters of all loops, which have begun to measure
    public Utilization(List<LoopMeter> meters, long nowNanos) {
        this.meters = meters;
        idleNanos = new long[meters.size()];
        fanOutNanos = new long[meters.size()];
        look(nowNanos);
    }

    /// What one look brings.
    ///
    /// @param share of the time since the last look, 0 to 1
    /// @param lagNanos the longest that anything due had to wait for a loop
    record Load(double share, long lagNanos) {}

    Load look(long nowNanos) {
        double[] shares = new double[meters.size()];
        long elapsed = nowNanos - lookedNanos;
        for (int i = 0; i < shares.length; i++) {
            long idle = meters.get(i).idleNanos();
            long fanOut = 0;
            shares[i] = share(elapsed, idle - idleNanos[i], fanOut - fanOutNanos[i]);
            idleNanos[i] = idle;
            fanOutNanos[i] = fanOut;
        }
        lookedNanos = nowNanos;
        return new Load(busierHalf(shares), 0);
    }

    static double share(long elapsed, long idle, long fanOut) {
        long requests = elapsed - idle - fanOut;
        long rest = idle + Math.max(0, fanOut - requests);
        return requests <= 0 ? 0 : (double) requests / (requests + rest);
    }

    static double busierHalf(double[] shares) {
        Arrays.sort(shares);
        int half = (shares.length + 1) / 2;
        double sum = 0;
        for (int i = shares.length - half; i < shares.length; i++) {
            sum += shares[i];
        }
        return Math.clamp(sum / half, 0, 1);
    }
}
