package io.spillgate.admission;

import static io.spillgate.net.Work.FAN_OUT;

import io.spillgate.net.BusyTime;
import io.spillgate.net.LoopMeter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// How busy the event loops were with requests since the last look. For one thread.
///
/// Time spent on fan-out counts like waiting: it yields to requests after every slice, so it is
/// time that they did not want. Requests that want the whole loop get it but for a slice in every
/// turn; the more of them there are, the longer the turns, and the closer to 1 they read.
///
/// Of all loops it is the mean over the busier half: one hot loop among many is not lost in the
/// mean, and does not speak for all.
public final class Utilization {
    private final List<LoopMeter> meters;
    private final List<BusyTime> seen = new ArrayList<>();
    private long worstLagNanos;

    /// Looks for the first time.
    ///
    /// @param meters of all loops, which have begun to measure
    public Utilization(List<LoopMeter> meters) {
        this.meters = meters;
        meters.forEach(meter -> seen.add(meter.busyTime()));
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
            BusyTime all = meters.get(i).busyTime();
            BusyTime since = all.since(seen.set(i, all));
            long requests = since.busyNanos() - since.nanos(FAN_OUT);
            shares[i] = (double) requests / Math.max(1, since.totalNanos());
        }
        return new Load(busierHalf(shares), lagNanos);
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
