package io.spillgate.app;

import io.spillgate.net.Breakdown;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Ends the process with [ExitCode#BROKEN] when the gateway can't go on, or when its end takes too
/// long.
///
/// Both threads are started while all is well, so nothing has to be made when memory is missing.
/// One writes the reason to the log; the other one ends the process, whether or not that worked.
final class FatalExit {
    private static final Logger LOG = LoggerFactory.getLogger(FatalExit.class);
    private static final Duration FLUSH_PATIENCE = Duration.ofSeconds(1);
    private static final long PATIENCE_MILLIS = 2 * FLUSH_PATIENCE.toMillis();

    private final CompletableFuture<Breakdown> broken;
    private final CountDownLatch told = new CountDownLatch(1);
    private final Runtime runtime = Runtime.getRuntime();

    private FatalExit(CompletableFuture<Breakdown> broken) {
        this.broken = broken;
    }

    /// Waits for the reason from now on.
    static void when(CompletableFuture<Breakdown> broken) {
        FatalExit exit = new FatalExit(broken);
        Thread.ofPlatform().name("spillgate-last-line").daemon().start(exit::tell);
        Thread.ofPlatform().name("spillgate-exit").daemon().start(exit::end);
    }

    /// Ends the process with a status unless it ends by itself in this time: closing the gateway
    /// waits for its event loops, and one of them may be stuck.
    static void after(Duration patience, int status) {
        Runtime runtime = Runtime.getRuntime();
        long deadline = System.nanoTime() + patience.toNanos();
        Thread.ofPlatform()
                .name("spillgate-exit-in-time")
                .daemon()
                .start(() -> {
                    for (long left = patience.toNanos();
                            left > 0;
                            left = deadline - System.nanoTime()) {
                        LockSupport.parkNanos(left);
                    }
                    runtime.halt(status);
                });
    }

    private void tell() {
        Breakdown why = broken.join();
        try {
            LOG.error("{}: the process ends", why.what(), why.cause());
            Logging.close(FLUSH_PATIENCE);
        } finally {
            told.countDown();
        }
    }

    private void end() {
        broken.join();
        try {
            boolean _ = told.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            // Nothing interrupts this thread; and if it does, the process ends earlier.
        } finally {
            runtime.halt(ExitCode.BROKEN);
        }
    }
}
