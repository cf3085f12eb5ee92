package io.spillgate.it.stress;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Many clients, each on a thread of its own.
public final class Fleet implements AutoCloseable {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<?>> all = new ArrayList<>();
    private final long deadlineNanos;

    /// @param most time after which whoever is not done counts as stuck
    public Fleet(Duration most) {
        deadlineNanos = System.nanoTime() + most.toNanos();
    }

    public void start(Callable<?> client) {
        all.add(threads.submit(client));
    }

    public boolean isDone() {
        return all.stream().allMatch(Future::isDone);
    }

    /// Waits for everyone; fails as the first one that failed.
    public void join() throws InterruptedException {
        for (Future<?> client : all) {
            try {
                client.get(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                throw new AssertionError("a client failed: " + e.getCause(), e);
            } catch (TimeoutException e) {
                throw new AssertionError("a client is stuck", e);
            }
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}
