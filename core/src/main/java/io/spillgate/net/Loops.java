package io.spillgate.net;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import io.netty.util.concurrent.ThreadPerTaskExecutor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/// The event loops: threads `spillgate-io-1` and so on, each of which owns its connections for
/// life.
public final class Loops implements AutoCloseable {
    /// Longest time that queued tasks run before sockets are looked at again; Netty's default is a
    /// second.
    private static final long TASK_QUANTUM_MILLIS = 2;

    private final Transport transport;
    private final MultiThreadIoEventLoopGroup group;
    private final Threads threads = new Threads();
    private final LongSupplier nanoTime;
    private final WallClock wallClock;
    private final Faults faults;
    private final List<EventLoop> all = new ArrayList<>();
    private final List<LoopMeter> meters;

    /// Creates the loops; their threads start with their first task.
    ///
    /// @param count how many; 0 = as many as processors
    public Loops(Transport transport, int count) {
        this(transport, count, System::nanoTime);
    }

    /// The same with another clock.
    ///
    /// @param nanoTime the clock, in nanoseconds, of all that is made for these loops; timers of a
    ///   loop have Netty's
    public Loops(Transport transport, int count, LongSupplier nanoTime) {
        this.transport = transport;
        this.nanoTime = nanoTime;
        wallClock = new WallClock(nanoTime, System.currentTimeMillis());
        faults = new Faults(nanoTime, threads.broken);
        int size = count == 0 ? Runtime.getRuntime().availableProcessors() : count;
        MeteredIo io = new MeteredIo(transport.handlerFactory(), nanoTime);
        group = new Group(size, new ThreadPerTaskExecutor(threads), io);
        meters = io.meters();
        for (EventExecutor executor : group) {
            all.add((EventLoop) executor);
        }
    }

    /// The transport that all of them use.
    public Transport transport() {
        return transport;
    }

    /// The clock, in nanoseconds, of all that is made for these loops.
    public LongSupplier nanoTime() {
        return nanoTime;
    }

    /// The time of day, of all that is made for these loops.
    public WallClock wallClock() {
        return wallClock;
    }

    /// All loops, in the order of their numbers.
    public List<EventLoop> all() {
        return all;
    }

    /// The group that a bootstrap wants; it assigns channels to loops in turn.
    public MultiThreadIoEventLoopGroup group() {
        return group;
    }

    /// Begins to measure how late the loops are. Called once; until then none is stuck, and their
    /// utilization is 0.
    ///
    /// @param lagNanosOf for the number of a loop, from 0, who gets each lateness, in nanoseconds,
    ///   on that loop
    public void measure(IntFunction<LongConsumer> lagNanosOf) {
        for (int i = 0; i < all.size(); i++) {
            EventLoop loop = all.get(i);
            LoopMeter meter = meters.get(i);
            long delayNanos = meter.start(lagNanosOf.apply(i));
            loop.schedule(() -> probe(loop, meter), delayNanos, TimeUnit.NANOSECONDS);
        }
    }

    /// The meters of all loops, in the order of their numbers.
    public List<LoopMeter> meters() {
        return meters;
    }

    /// The meter of a loop.
    public LoopMeter meter(EventLoop loop) {
        return meters.get(number(loop));
    }

    /// The number of a loop, from 0; see [PerLoop].
    ///
    /// @throws IllegalArgumentException when it is none of these
    int number(EventLoop loop) {
        if (loop instanceof Loop own && group.equals(own.parent())) {
            return own.number;
        }
        throw new IllegalArgumentException("not one of these loops: " + loop);
    }

    /// Whether one of the loops is stuck; see [LoopMeter#isStuck]. Any thread may ask.
    public boolean isStuck() {
        for (LoopMeter meter : meters) {
            if (meter.isStuck()) {
                return true;
            }
        }
        return false;
    }

    /// Gives a task to a loop. One that shuts down takes none; what the task was about is gone
    /// then, or goes without it, so it is forgotten. Any thread may ask.
    ///
    /// @return whether the loop has taken it
    public static boolean execute(EventLoop loop, Runnable task) {
        try {
            loop.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            if (loop.isShuttingDown()) {
                return false;
            }
            throw e;
        }
    }

    /// Runs a task in the next turn of the calling loop, after sockets were looked at.
    ///
    /// A task that goes on in slices by `execute` would be taken up again at once, before any
    /// socket.
    public static void inNextTurn(EventLoop loop, Runnable task) {
        ((SingleThreadEventLoop) loop).executeAfterEventLoopIteration(() -> loop.execute(task));
    }

    /// What becomes of errors in the work for connections of these loops.
    public Faults faults() {
        return faults;
    }

    /// Completes when a loop ends before [#close] is called: on that loop's thread, with which loop
    /// it was and what ended it; or when memory can't be allocated for too long, see [Faults]. Its
    /// connections are lost then, and so is everything that waits for the loop. What completes it
    /// allocates nothing; who depends on it should not either.
    public CompletableFuture<Breakdown> broken() {
        return threads.broken;
    }

    /// Stops the loops; waits up to five seconds for their threads.
    @Override
    public void close() {
        threads.closing = true;
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    private static void probe(EventLoop loop, LoopMeter meter) {
        loop.schedule(() -> probe(loop, meter), meter.probe(), TimeUnit.NANOSECONDS);
    }

    private static final class Group extends MultiThreadIoEventLoopGroup {
        /// Counted while the superclass is made, so not to be set here.
        private int children;

        Group(int threads, Executor executor, IoHandlerFactory factory) {
            super(threads, executor, factory);
        }

        @Override
        protected IoEventLoop newChild(
                Executor executor, IoHandlerFactory factory, Object... args) {
            return new Loop(this, executor, factory, children++);
        }
    }

    /// A loop that says what ended it, before Netty logs it and cleans up, both of which may fail.
    private static final class Loop extends SingleThreadIoEventLoop {
        private final int number;

        Loop(Group group, Executor executor, IoHandlerFactory factory, int number) {
            super(
                    group,
                    executor,
                    factory,
                    Integer.MAX_VALUE,
                    RejectedExecutionHandlers.reject(),
                    TASK_QUANTUM_MILLIS);
            this.number = number;
        }

        @Override
        protected void run() {
            try {
                super.run();
            } catch (Throwable t) {
                if (Thread.currentThread() instanceof LoopThread thread) {
                    thread.breaks(t);
                }
                throw t;
            }
        }
    }

    private static final class Threads implements ThreadFactory {
        private final AtomicInteger number = new AtomicInteger();
        private final CompletableFuture<Breakdown> broken = new CompletableFuture<>();
        private volatile boolean closing;

        @Override
        public Thread newThread(Runnable task) {
            return new LoopThread(this, task, "spillgate-io-" + number.incrementAndGet());
        }

        void ended(Breakdown why) {
            if (!closing) {
                broken.complete(why);
            }
        }
    }

    /// The thread of a loop; its end is the loop's end. What it will say then is made beforehand.
    private static final class LoopThread extends FastThreadLocalThread {
        private final Threads all;
        private final Breakdown breakdown;

        LoopThread(Threads all, Runnable task, String name) {
            super(null, task, name);
            this.all = all;
            breakdown = new Breakdown("loop_ended loop=" + name);
        }

        @Override
        public void run() {
            try {
                super.run();
            } catch (Throwable t) {
                breakdown.because(t);
                throw t;
            } finally {
                all.ended(breakdown);
            }
        }

        /// The loop can't go on, for this reason.
        void breaks(Throwable cause) {
            breakdown.because(cause);
            all.ended(breakdown);
        }
    }
}
