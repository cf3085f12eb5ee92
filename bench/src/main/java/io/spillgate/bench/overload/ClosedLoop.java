package io.spillgate.bench.overload;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/// So many requests outstanding at any time: finds how much can be served at all, and warms up.
final class ClosedLoop implements Connections.Answers {
    /// Enough to keep one core of the gateway busy.
    static final int OUTSTANDING = 16;

    private static final int SLICE_SECONDS = 2;
    private static final int FEWEST_SLICES = 3;
    private static final int MOST_SLICES = 10;
    private static final double WARM = 1.03;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Connections connections;
    private final int status;
    private int outstanding;
    private long answered;
    private long others;
    private boolean stopped;

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
    /// @throws IOException when most were not what is expected, or some never came
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
        if (others > inTime) {
            throw new IOException(others + " answers were not " + status + ", " + inTime + " were");
        }
        return inTime;
    }

    @Override
    public void answered(Connections.Connection by) {
        outstanding--;
        if (by.status() == status) {
            answered++;
        } else {
            others++;
        }
        fill();
    }

    @Override
    public void failed(Connections.Connection by) {
        outstanding--;
        others++;
    }

    private void fill() {
        while (!stopped && outstanding < OUTSTANDING && connections.send(System.nanoTime())) {
            outstanding++;
        }
    }
}
