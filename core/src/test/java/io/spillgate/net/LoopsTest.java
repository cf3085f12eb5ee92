package io.spillgate.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import io.netty.util.ReferenceCountUtil;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/// What the meters see of real loops. Their clock stands still unless a test moves it.
class LoopsTest {
    private final AtomicLong nanoTime = new AtomicLong();

    @ParameterizedTest
    @EnumSource
    void aLoopWithoutWorkWaits(Transport transport) throws Exception {
        try (Loops loops = loops(transport)) {
            EventLoop loop = loops.all().getFirst();
            loop.submit(() -> {}).get();
            awaitWait(loops);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTaskIsWork(Transport transport) throws Exception {
        try (Loops loops = loops(transport)) {
            CountDownLatch release = new CountDownLatch(1);
            CountDownLatch entered = new CountDownLatch(1);
            loops.all().getFirst().execute(() -> block(entered, release));
            entered.await();

            expectWork(loops);
            release.countDown();
            awaitWait(loops);
        }
    }

    @ParameterizedTest
    @EnumSource
    void servingASocketIsWorkWhileItIsServed(Transport transport) throws Exception {
        try (Loops loops = loops(transport)) {
            CountDownLatch release = new CountDownLatch(1);
            CountDownLatch entered = new CountDownLatch(1);
            Channel server = server(loops, () -> block(entered, release));
            try (Socket client = connect(server)) {
                client.getOutputStream().write('x');
                entered.await();

                expectWork(loops);
                release.countDown();
                awaitWait(loops);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBlockedLoopIsStuckAfterFiveSecondsAndRecovers(Transport transport) throws Exception {
        try (Loops loops = loops(transport)) {
            ConcurrentLinkedQueue<Long> lags = new ConcurrentLinkedQueue<>();
            loops.measure(_ -> lags::add);
            CountDownLatch release = new CountDownLatch(1);
            CountDownLatch entered = new CountDownLatch(1);
            loops.all().getFirst().execute(() -> block(entered, release));
            entered.await();
            assertThat(loops.isStuck()).isFalse();
            nanoTime.addAndGet(TimeUnit.MILLISECONDS.toNanos(5_101));

            assertThat(loops.isStuck()).isTrue();
            assertThat(loops.meters().getFirst().utilization()).isEqualTo(1);
            release.countDown();
            await(() -> !loops.isStuck());
            assertThat(lags).hasSize(51).contains(5_001_000_000L, 1_000_000L);
        }
    }

    private Loops loops(Transport transport) {
        assumeTrue(
                switch (transport) {
                    case EPOLL -> Epoll.isAvailable();
                    case IO_URING -> IoUring.isAvailable();
                    case NIO -> true;
                },
                transport + " does not work here");
        return new Loops(transport, 1, nanoTime::get);
    }

    /// The one loop works: its idle time does not follow the clock.
    private void expectWork(Loops loops) {
        long before = loops.meters().getFirst().busyTime().nanos(Work.IDLE);
        nanoTime.addAndGet(1000);
        assertThat(loops.meters().getFirst().busyTime().nanos(Work.IDLE)).isEqualTo(before);
    }

    /// Returns when the idle time of the one loop follows the clock.
    private void awaitWait(Loops loops) {
        LoopMeter meter = loops.meters().getFirst();
        await(() -> {
            long before = meter.busyTime().nanos(Work.IDLE);
            nanoTime.addAndGet(1000);
            return meter.busyTime().nanos(Work.IDLE) == before + 1000;
        });
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("the time it may take").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static Channel server(Loops loops, Runnable onRead) {
        return new ServerBootstrap()
                .group(loops.group())
                .channel(loops.transport().serverChannel())
                .childHandler(
                        new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelRead(ChannelHandlerContext ctx, Object message) {
                                ReferenceCountUtil.release(message);
                                onRead.run();
                            }
                        })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    private static Socket connect(Channel server) throws IOException {
        InetSocketAddress address = (InetSocketAddress) server.localAddress();
        return new Socket(address.getAddress(), address.getPort());
    }

    private static void block(CountDownLatch entered, CountDownLatch release) {
        entered.countDown();
        try {
            release.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
