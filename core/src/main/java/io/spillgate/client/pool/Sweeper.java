package io.spillgate.client.pool;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.spillgate.net.Faults;
import io.spillgate.net.LoopMeter;
import io.spillgate.net.Loops;
import io.spillgate.net.Resets;
import io.spillgate.net.Sweep;
import io.spillgate.net.Work;
import io.spillgate.net.WorkMarker;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// What the connections of one event loop share: a sweep that checks the clocks of each of them
/// every 50 ms, and tasks that count as [Work#PROXY]. Confined to the loop, but for what says
/// otherwise.
final class Sweeper {
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long TICK_MILLIS = 10;

    private final EventLoop loop;
    private final LoopMeter meter;
    private final Faults faults;
    private final WorkMarker marker;
    private final Sweep<Sweep.Member> sweep = new Sweep<>(PERIOD_NANOS);
    private final Resets resets = new Resets();
    private @Nullable Future<?> ticking;
    private long lastTickNanos;

    Sweeper(EventLoop loop, LoopMeter meter, Faults faults) {
        this.loop = loop;
        this.faults = faults;
        this.meter = meter;
        marker = new WorkMarker(meter, Work.PROXY);
    }

    /// Any thread.
    EventLoop loop() {
        return loop;
    }

    /// Whether the calling thread is the loop's. Any thread.
    boolean isHere() {
        return loop.inEventLoop();
    }

    /// The present, by the clock of the loops. Any thread.
    long nowNanos() {
        return meter.nanoTime().getAsLong();
    }

    /// The first handler of every connection.
    WorkMarker marker() {
        return marker;
    }

    /// Runs a task of a connection or a call. On the loop.
    void run(Runnable task) {
        meter.run(Work.PROXY, task);
    }

    /// As [#run], but in its turn. Any thread.
    ///
    /// @return false when the loop has ended
    boolean execute(Runnable task) {
        return Loops.execute(loop, meter.as(Work.PROXY, task));
    }

    /// Runs work that may fail; then the failure is counted or logged. On the loop.
    void guard(Runnable work) {
        guard(work, _ -> {});
    }

    /// The same.
    ///
    /// @param failed gets what was thrown
    void guard(Runnable work, Consumer<Throwable> failed) {
        assert isHere();
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            faults.note("pool_task_failed", e);
            failed.accept(e);
        }
    }

    /// Counts a failure to allocate, and logs any other that is not the network's.
    void note(String event, Throwable cause) {
        if (!(cause instanceof IOException)) {
            faults.note(event, cause);
        }
    }

    /// Runs a task at once on the loop, elsewhere as [#execute] does. Any thread.
    void hereOrSoon(Runnable task) {
        if (isHere()) {
            task.run();
        } else {
            execute(task);
        }
    }

    /// As [#run], but after every socket of the loop was looked at. On the loop.
    void inNextTurn(Runnable task) {
        Loops.inNextTurn(loop, meter.as(Work.PROXY, task));
    }

    /// Runs a task that looks at clocks again and again. Any thread.
    Future<?> tick(Runnable task, long millis) {
        return loop.scheduleAtFixedRate(
                faults.periodic(meter.as(Work.TIMERS, task)),
                millis,
                millis,
                TimeUnit.MILLISECONDS);
    }

    void add(Sweep.Member connection, Channel channel) {
        assert isHere();
        sweep.add(connection);
        resets.watch(channel);
        if (ticking == null) {
            lastTickNanos = nowNanos();
            ticking = tick(this::look, TICK_MILLIS);
        }
    }

    void remove(Sweep.Member connection) {
        assert isHere();
        sweep.remove(connection);
        if (sweep.size() == 0 && ticking != null) {
            ticking.cancel(false);
            ticking = null;
        }
    }

    private void look() {
        long now = nowNanos();
        sweep.tick(now - lastTickNanos, now);
        resets.tick(now - lastTickNanos, now);
        lastTickNanos = now;
    }
}
