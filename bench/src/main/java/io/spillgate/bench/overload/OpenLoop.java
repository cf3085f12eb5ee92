package io.spillgate.bench.overload;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Requests by a fixed schedule, whatever becomes of those before: a calm beginning, a step, and
/// then so many a second. Latency counts from the scheduled time.
final class OpenLoop implements Connections.Answers {
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private final Connections connections;
    private final long minBodyBytes;
    private final long deadlineNanos;
    private final ArrayDeque<Long> backlog = new ArrayDeque<>();
    private Tally tally = new Tally(0, 0, 0);
    private long pending;

    /// The load's two rates.
    ///
    /// @param calmPerSecond requests a second before the step
    /// @param calmSeconds how long
    /// @param perSecond requests a second after it
    /// @param seconds how long
    record Plan(double calmPerSecond, int calmSeconds, double perSecond, int seconds) {}

    /// Who measures meanwhile.
    interface Meter {
        /// The step is now.
        void begin();

        /// The last request has come due.
        void end();

        /// Nobody does.
        Meter NONE =
                new Meter() {
                    @Override
                    public void begin() {}

                    @Override
                    public void end() {}
                };
    }

    /// @param minBodyBytes a 200 with fewer has failed
    OpenLoop(Connections connections, long minBodyBytes, long deadlineNanos) {
        this.connections = connections;
        this.minBodyBytes = minBodyBytes;
        this.deadlineNanos = deadlineNanos;
    }

    /// Carries out the plan on the calling thread, and waits for what is still in time.
    Tally run(Plan plan, Meter meter) throws IOException {
        connections.tell(this);
        long start = System.nanoTime();
        long step = start + TimeUnit.SECONDS.toNanos(plan.calmSeconds);
        long nanos = TimeUnit.SECONDS.toNanos(plan.seconds);
        tally = new Tally(step, nanos, deadlineNanos);
        during(start, step, plan.calmPerSecond);
        meter.begin();
        during(step, step + nanos, plan.perSecond);
        meter.end();
        finish(step + nanos + deadlineNanos + GRACE_NANOS);
        return tally;
    }

    @Override
    public void answered(Connections.Connection by) {
        pending--;
        long now = System.nanoTime();
        if (by.status() == 200 && by.bodyBytes() >= minBodyBytes) {
            tally.served(by.dueNanos(), now);
        } else if (by.status() == 503) {
            tally.refused(by.dueNanos(), now);
        } else {
            tally.failed(by.dueNanos());
        }
    }

    @Override
    public void failed(Connections.Connection by) {
        pending--;
        tally.failed(by.dueNanos());
    }

    private void during(long from, long to, double perSecond) throws IOException {
        double gap = 1e9 / perSecond;
        long number = 0;
        long due = from;
        long now = System.nanoTime();
        while (now < to) {
            while (due <= now && due < to) {
                tally.offered(due);
                backlog.add(due);
                due = from + (long) (++number * gap);
            }
            sendBacklog(now);
            turn();
            now = System.nanoTime();
        }
    }

    /// Reads what has come. Not at once: an answer that comes in many pieces is then few reads, so
    /// that the load does not become the bottleneck.
    private void turn() throws IOException {
        LockSupport.parkNanos(PAUSE_NANOS);
        connections.poll(0);
    }

    private void sendBacklog(long now) {
        while (!backlog.isEmpty()) {
            long due = backlog.element();
            if (now - due > deadlineNanos) {
                tally.unsent(due);
            } else if (connections.send(due)) {
                pending++;
            } else {
                return;
            }
            backlog.remove();
        }
    }

    private void finish(long giveUp) throws IOException {
        long now = System.nanoTime();
        while (now < giveUp && (pending > 0 || !backlog.isEmpty())) {
            sendBacklog(now);
            turn();
            now = System.nanoTime();
        }
        backlog.forEach(tally::unsent);
        backlog.clear();
        for (Connections.Connection connection : connections.all()) {
            if (connection.isBusy()) {
                tally.unanswered(connection.dueNanos(), now);
            }
        }
    }
}
