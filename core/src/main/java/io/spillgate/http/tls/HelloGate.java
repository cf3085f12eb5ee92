package io.spillgate.http.tls;

import io.netty.channel.EventLoop;
import io.spillgate.net.LoopMeter;
import io.spillgate.net.Loops;
import io.spillgate.net.Work;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/// Where the ClientHellos of one loop wait for their answer, the dearest step of a handshake: a
/// turn of the loop gives them at most 2 ms, so that a crowd does not stop everybody else.
///
/// Confined to the loop.
final class HelloGate {
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final EventLoop loop;
    private final LoopMeter meter;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final Runnable slice;

    HelloGate(EventLoop loop, LoopMeter meter) {
        this.loop = loop;
        this.meter = meter;
        slice = meter.as(Work.ACCEPT, this::slice);
    }

    /// Has a hello answered, now or in a later turn.
    void enter(Runnable answer) {
        assert loop.inEventLoop();
        waiting.add(answer);
        if (waiting.size() == 1) {
            loop.execute(slice);
        }
    }

    /// The one that is answered stays at the head until it is done, so that nobody who comes
    /// meanwhile begins another slice.
    private void slice() {
        long endNanos = meter.nanoTime().getAsLong() + SLICE_NANOS;
        Runnable next = waiting.peek();
        while (next != null) {
            next.run();
            waiting.remove();
            next = waiting.peek();
            if (next != null && meter.nanoTime().getAsLong() - endNanos >= 0) {
                Loops.inNextTurn(loop, slice);
                return;
            }
        }
    }
}
