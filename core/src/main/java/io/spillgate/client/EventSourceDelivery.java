package io.spillgate.client;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/// Runs tasks one after the other on any executor, in the order in which one thread hands them in.
///
/// Each task is one turn of the executor, so that it can be a loop that others need too.
final class EventSourceDelivery {
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger unfinished = new AtomicInteger();
    private final Executor executor;
    private final Runnable rejected;

    /// @param rejected called when the executor takes nothing any more
    EventSourceDelivery(Executor executor, Runnable rejected) {
        this.executor = executor;
        this.rejected = rejected;
    }

    /// Runs a task after all that were handed in before.
    void hand(Runnable task) {
        waiting.add(task);
        if (unfinished.getAndIncrement() == 0) {
            next();
        }
    }

    private void next() {
        try {
            executor.execute(this::runOne);
        } catch (RejectedExecutionException e) {
            rejected.run();
        }
    }

    private void runOne() {
        try {
            waiting.remove().run();
        } finally {
            if (unfinished.decrementAndGet() > 0) {
                next();
            }
        }
    }
}
