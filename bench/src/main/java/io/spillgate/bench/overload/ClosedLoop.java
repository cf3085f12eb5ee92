package io.spillgate.bench.overload;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/// So many requests outstanding at any time: finds how much can be served at all, and warms up.
/// After an answer that is not the expected one there is a pause, so that refusals do not feed
/// themselves.
final class ClosedLoop implements Connections.Answers {
    /// Enough to keep one core of the gateway busy.
    static final int OUTSTANDING = 16;

    private static final int SLICE_SECONDS = 2;
    private static final int FEWEST_SLICES = 3;
    private static final int MOST_SLICES = 10;
    private static final double WARM = 1.03;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Connections connections;
    private final int status;
    private int outstanding;
    private long answered;
    private long others;
    private boolean stopped;
    private long pausedUntil = System.nanoTime();

    /// @param status the answer that is expected
    ClosedLoop(Connections connections, int status) {
        this.connections = connections;
        this.status = status;
    }

    /// Asks until two slices of time are equally fast.
    ///
    /// @return the last one's requests a second
    double warmUp() throws IOException {
        double before = 0;
        for (int slice = 1; ; slice++) {
            double rate = run(SLICE_SECONDS) / (double) SLICE_SECONDS;
            boolean warm = slice >= FEWEST_SLICES && rate < before * WARM;
            if (warm || slice == MOST_SLICES) {
                return rate;
            }
            before = rate;
        }
    }

    /// Asks on the calling thread.
    ///
    /// @return how many answers came
    /// @throws IOException when some never came
    long run(int seconds) throws IOException {
        connections.tell(this);
        answered = 0;
        others = 0;
        stopped = false;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() < end) {
            fill();
            connections.poll(1);
        }
        long inTime = answered;
        stopped = true;
        while (outstanding > 0) {
            if (System.nanoTime() > end + PATIENCE_NANOS) {
                throw new IOException(outstanding + " requests were never answered");
            }
            connections.poll(1);
        }
        return inTime;
    }

    /// How many answers of the last run were not what is expected.
    long others() {
        return others;
    }

    @Override
    public void answered(Connections.Connection by) {
        outstanding--;
        if (by.status() == status) {
            answered++;
        } else {
            unexpected();
        }
        fill();
    }

    @Override
    public void failed(Connections.Connection by) {
        outstanding--;
        unexpected();
    }

    private void unexpected() {
        others++;
        pausedUntil = System.nanoTime() + PAUSE_NANOS;
    }

    private void fill() {
        if (stopped || System.nanoTime() < pausedUntil) {
            return;
        }
        while (outstanding < OUTSTANDING && connections.send(System.nanoTime())) {
            outstanding++;
        }
    }
}
