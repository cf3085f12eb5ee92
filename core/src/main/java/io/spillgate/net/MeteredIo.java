package io.spillgate.net;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/// A transport whose loops are metered: passes everything on and notes when a loop waits and when
/// it serves its sockets.
///
/// Every transport asks the context two things around its wait. Before it: may I block? The wait
/// begins with a yes; a look at the sockets that must not block is work. After it, before the first
/// ready socket is served: shall I report my active time? There the wait is over, so a handler that
/// blocks the loop counts as work while it blocks. Netty's own report would count it afterwards.
final class MeteredIo implements IoHandlerFactory {
    private final IoHandlerFactory transport;
    private final LongSupplier nanoTime;
    private final List<LoopMeter> meters = new ArrayList<>();

    MeteredIo(IoHandlerFactory transport, LongSupplier nanoTime) {
        this.transport = transport;
        this.nanoTime = nanoTime;
    }

    /// The meters of all loops made so far, in their order.
    List<LoopMeter> meters() {
        return List.copyOf(meters);
    }

    @Override
    public IoHandler newHandler(ThreadAwareExecutor loop) {
        LoopMeter meter = new LoopMeter(nanoTime);
        meters.add(meter);
        return new Metered(transport.newHandler(loop), meter);
    }

    @Override
    public boolean isChangingThreadSupported() {
        return transport.isChangingThreadSupported();
    }

    private static final class Metered implements IoHandler {
        private final IoHandler handler;
        private final LoopMeter meter;
        private final WorkTime work;
        private @Nullable Context context;

        /// How often this has looked at its sockets.
        private long turns;

        Metered(IoHandler handler, LoopMeter meter) {
            this.handler = handler;
            this.meter = meter;
            work = meter.work();
        }

        @Override
        public void initialize() {
            meter.runsOn(Thread.currentThread());
            handler.initialize();
        }

        @Override
        public int run(IoHandlerContext loop) {
            Context metered = context;
            if (metered == null) {
                metered = new Context(loop, work);
                context = metered;
            }
            turns++;
            work.socketsBegin();
            try {
                return handler.run(metered);
            } finally {
                work.socketsEnd();
            }
        }

        @Override
        public void prepareToDestroy() {
            handler.prepareToDestroy();
        }

        @Override
        public void destroy() {
            handler.destroy();
        }

        @Override
        public IoRegistration register(IoHandle handle) throws Exception {
            IoHandle own = OwnEvents.of(handle, () -> turns);
            return KeptRegistration.of(handle, handler.register(own));
        }

        @Override
        public void wakeup() {
            handler.wakeup();
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return handler.isCompatible(handleType);
        }
    }

    /// What a loop tells its transport, overheard. A loop passes the same context in every turn, so
    /// one of these serves for life and turns allocate nothing.
    private static final class Context implements IoHandlerContext {
        private final IoHandlerContext loop;
        private final WorkTime work;

        Context(IoHandlerContext loop, WorkTime work) {
            this.loop = loop;
            this.work = work;
        }

        @Override
        public boolean canBlock() {
            boolean can = loop.canBlock();
            if (can) {
                work.waitBegins();
            }
            return can;
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return loop.delayNanos(currentTimeNanos);
        }

        @Override
        public long deadlineNanos() {
            return loop.deadlineNanos();
        }

        @Override
        public boolean shouldReportActiveIoTime() {
            work.waitEnds();
            return loop.shouldReportActiveIoTime();
        }

        @Override
        public void reportActiveIoTime(long activeNanos) {
            loop.reportActiveIoTime(activeNanos);
        }
    }
}
