package io.spillgate.admission;

import static io.spillgate.net.Work.FAN_OUT;
import static io.spillgate.net.Work.IDLE;

import io.spillgate.net.LoopMeter;
import io.spillgate.net.Spent;

import java.util.ArrayList;
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
    private final List<Spent> seen = new ArrayList<>();
    private long worstLagNanos;

    /// Looks for the first time.
    ///
    /// @param meters of all loops, which have begun to measure
    public Utilization(List<LoopMeter> meters) {
        this.meters = meters;
        meters.forEach(meter -> seen.add(meter.spent()));
    }

    /// What one look brings.
    ///
    /// @param share of the time since the last look, 0 to 1
    /// @param lagNanos the longest that anything due was seen to wait for a loop
    record Load(double share, long lagNanos) {}

    /// Sees how late the loops are; the worst of all times is part of the next look.
    void noteLag() {
        for (LoopMeter meter : meters) {
            worstLagNanos = Math.max(worstLagNanos, meter.lateNanos());
        }
    }

    Load look() {
        noteLag();
        long lagNanos = worstLagNanos;
        worstLagNanos = 0;
        double[] shares = new double[meters.size()];
        for (int i = 0; i < shares.length; i++) {
            Spent all = meters.get(i).spent();
            Spent since = all.since(seen.set(i, all));
            shares[i] = share(since.totalNanos(), since.nanos(IDLE), since.nanos(FAN_OUT));
        }
        return new Load(busierHalf(shares), lagNanos);
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
