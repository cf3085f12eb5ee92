package io.spillgate.it.stress;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// Counts how much of some good traffic came in time, and why the rest did not. Thread safe.
final class Punctuality {
    private final long limitNanos;
    private final List<Stop> stops;
    private final Map<String, Long> failures = new TreeMap<>();
    private long inTime;
    private long all;
    private long longestNanos;
    private long inTimeBefore;
    private long allBefore;

    /// @param limit later than this is late
    /// @param stops when the whole gateway stood still, which is not its fault
    Punctuality(Duration limit, Stops stops) {
        limitNanos = limit.toNanos();
        this.stops = stops.all;
    }

    /// A time in which the gateway was stopped.
    private record Stop(long fromNanos, long toNanos) {
        long within(long from, long to) {
            return Math.max(0, Math.min(to, toNanos) - Math.max(from, fromNanos));
        }
    }

    /// The times in which the gateway was stopped. Thread safe.
    static final class Stops {
        private final List<Stop> all = new CopyOnWriteArrayList<>();

        void add(long fromNanos, long toNanos) {
            all.add(new Stop(fromNanos, toNanos));
        }
    }

    /// Something came that was due at a time.
    synchronized void came(long dueNanos, long nowNanos) {
        long took = nowNanos - dueNanos;
        for (Stop stop : stops) {
            took -= stop.within(dueNanos, nowNanos);
        }
        all++;
        longestNanos = Math.max(longestNanos, took);
        if (took <= limitNanos) {
            inTime++;
        } else {
            failures.merge("late", 1L, Long::sum);
        }
    }

    /// Something did not come as it should.
    synchronized void failed(String why) {
        all++;
        failures.merge(why, 1L, Long::sum);
    }

    /// How many came or failed.
    synchronized long all() {
        return all;
    }

    /// The part of all that came in time, from 0 to 1.
    synchronized double shareOfAll() {
        return (double) inTime / all;
    }

    /// The part that came in time, from 0 to 1, since this was asked for last.
    synchronized double share() {
        long count = all - allBefore;
        double share = count == 0 ? 0 : (double) (inTime - inTimeBefore) / count;
        allBefore = all;
        inTimeBefore = inTime;
        return share;
    }

    @Override
    public synchronized String toString() {
        return "%d of %d in time, longest %d ms, %s"
                .formatted(
                        inTime,
                        all,
                        TimeUnit.NANOSECONDS.toMillis(longestNanos),
                        failures.isEmpty() ? "no failure" : failures);
    }
}
