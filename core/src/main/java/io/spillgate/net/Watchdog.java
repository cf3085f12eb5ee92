package io.spillgate.net;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// A thread besides the event loops, `spillgate-watch`, that logs what holds a loop, and does other
/// small work that must go on while a loop does not.
///
/// Ten times a second it looks at every loop. One that is stuck for a second is told once, with the
/// stack of its thread, and once more when it goes on.
public final class Watchdog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// A look that comes later than this says more about this thread than about the loops: the
    /// process was paused, or has no processor.
    private static final long BLIND_NANOS = 5 * PERIOD_NANOS;

    private final List<Watched> loops;
    private final LongSupplier nanoTime;
    private final ScheduledExecutorService thread;
    private long lastLookNanos;

    /// Begins to watch.
    ///
    /// @param meters of the loops, which are measured already; their clock is the watch's
    public Watchdog(List<LoopMeter> meters) {
        this(meters, meters.getFirst().nanoTime());
        every(PERIOD_NANOS, this::look);
    }

    /// Looks only when it is told to.
    Watchdog(List<LoopMeter> meters, LongSupplier nanoTime) {
        loops = meters.stream().map(Watched::new).toList();
        this.nanoTime = nanoTime;
        lastLookNanos = nanoTime.getAsLong();
        thread = Executors.newSingleThreadScheduledExecutor(Watchdog::thread);
    }

    /// Runs a task from now on, until this is closed; one that throws is logged and runs again. All
    /// tasks share the thread with the watch, so none may block.
    ///
    /// @param nanos from the end of one run to the begin of the next one, and to the first
    public void every(long nanos, Runnable task) {
        thread.scheduleWithFixedDelay(() -> run(task), nanos, nanos, TimeUnit.NANOSECONDS);
    }

    /// The thread, for work that comes and goes; it may not block either.
    public ScheduledExecutorService executor() {
        return thread;
    }

    /// Ends the tasks; waits up to a second for one that is under way.
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            boolean _ = thread.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Looks at every loop, and at its own clock first.
    void look() {
        long now = nanoTime.getAsLong();
        boolean blind = now - lastLookNanos > BLIND_NANOS;
        lastLookNanos = now;
        if (!blind) {
            loops.forEach(loop -> loop.look(now));
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.error("periodic_task_failed", e);
        }
    }

    private static Thread thread(Runnable work) {
        return Thread.ofPlatform().name("spillgate-watch").daemon().unstarted(work);
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1fs", nanos / 1e9);
    }

    /// One loop, and whether it was told that it is stuck.
    private static final class Watched {
        private final LoopMeter meter;
        private boolean told;
        private long stuckSinceNanos;

        Watched(LoopMeter meter) {
            this.meter = meter;
        }

        void look(long now) {
            long late = meter.lateNanos();
            Thread thread = meter.thread();
            if (thread == null || late >= STUCK_NANOS == told) {
                return;
            }
            told = !told;
            if (told) {
                stuckSinceNanos = now - late;
                LOG.warn(
                        "loop_stuck loop={} for={}",
                        thread.getName(),
                        seconds(late),
                        stackOf(thread));
            } else {
                LOG.warn(
                        "loop_recovered loop={} after={}",
                        thread.getName(),
                        seconds(now - stuckSinceNanos));
            }
        }

        private static Throwable stackOf(Thread thread) {
            Throwable stack = new Throwable("what " + thread.getName() + " is doing");
            stack.setStackTrace(thread.getStackTrace());
            return stack;
        }
    }
}
