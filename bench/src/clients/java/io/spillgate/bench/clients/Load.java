package io.spillgate.bench.clients;

import org.HdrHistogram.AtomicHistogram;
import org.jspecify.annotations.Nullable;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// A closed loop: so many requests are outstanding at any time, each answer starts the next.
final class Load {
    private static final long POLL_MILLIS = 10;
    private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final BenchClient client;
    private final CountDownLatch running;
    private final AtomicReference<@Nullable Throwable> problem = new AtomicReference<>();
    private volatile AtomicHistogram latencies = histogram();
    private volatile boolean stopped;

    private Load(BenchClient client, int outstanding) {
        this.client = client;
        this.running = new CountDownLatch(outstanding);
    }

    /// Starts it.
    static Load start(BenchClient client, int outstanding) {
        Load load = new Load(client, outstanding);
        for (int i = 0; i < outstanding; i++) {
            load.new Asker().ask();
        }
        return load;
    }

    /// Waits for so many answers more; their latencies, in nanoseconds.
    ///
    /// @throws IllegalStateException when a request failed
    AtomicHistogram during(long answers) throws InterruptedException {
        AtomicHistogram measured = histogram();
        latencies = measured;
        while (measured.getTotalCount() < answers) {
            Thread.sleep(POLL_MILLIS);
            Throwable failed = problem.get();
            if (failed != null) {
                throw new IllegalStateException("a request failed", failed);
            }
        }
        return measured;
    }

    /// Lets what is outstanding end.
    void stop() throws InterruptedException {
        stopped = true;
        if (!running.await(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException(running.getCount() + " requests never ended");
        }
    }

    private static AtomicHistogram histogram() {
        return new AtomicHistogram(HIGHEST_NANOS, 3);
    }

    private final class Asker implements BenchClient.Answer {
        private long startNanos;
        private long bytes = -1;

        void ask() {
            if (stopped) {
                running.countDown();
                return;
            }
            startNanos = System.nanoTime();
            client.get(this);
        }

        @Override
        public void end(int status, long length) {
            latencies.recordValue(Math.min(System.nanoTime() - startNanos, HIGHEST_NANOS));
            if (bytes < 0) {
                bytes = length;
            }
            if (status != 200 || length == 0 || length != bytes) {
                failed(new IllegalStateException("status " + status + ", " + length + " bytes"));
                return;
            }
            ask();
        }

        @Override
        public void failed(Throwable cause) {
            problem.compareAndSet(null, cause);
            running.countDown();
        }
    }
}
