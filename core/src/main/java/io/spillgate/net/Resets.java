package io.spillgate.net;

import io.netty.channel.Channel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.channel.uring.IoUringTcpInfo;

import java.util.concurrent.TimeUnit;

/// Closes the connections of one loop that were reset without its transport noticing.
///
/// Netty's io_uring transport polls for changes, and a reset that follows bytes at once is told
/// together with them. When it has read the bytes, the kernel does not say that there is more, no
/// poll tells of the reset again, and nobody looks until something is written. The kernel knows the
/// state of the connection (tcp(7), TCP_INFO), so it is asked for once a second. Epoll and NIO poll
/// for what is the case and need no look. Confined to the loop.
public final class Resets {
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int CLOSED = 7;

    private final Sweep<Watched> sweep = new Sweep<>(PERIOD_NANOS);
    private final IoUringTcpInfo info = new IoUringTcpInfo();

    /// Looks at a connection until it is closed, if its transport needs it.
    public void watch(Channel channel) {
        assert channel.eventLoop().inEventLoop();
        if (channel instanceof IoUringSocketChannel uring) {
            Watched watched = new Watched(uring);
            sweep.add(watched);
            channel.closeFuture().addListener(_ -> sweep.remove(watched));
        }
    }

    /// Looks at those whose turn has come.
    ///
    /// @param elapsedNanos time since the last tick
    /// @param nowNanos the present
    public void tick(long elapsedNanos, long nowNanos) {
        sweep.tick(elapsedNanos, nowNanos);
    }

    /// A connection that is looked at.
    private final class Watched implements Sweep.Member {
        private final IoUringSocketChannel channel;
        private int place;

        Watched(IoUringSocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public void visit(long nowNanos) {
            assert channel.eventLoop().inEventLoop();
            if (!channel.isOpen()) {
                return;
            }
            channel.tcpInfo(info);
            if (info.state() == CLOSED) {
                channel.close();
            }
        }

        @Override
        public void place(int newPlace) {
            place = newPlace;
        }

        @Override
        public int place() {
            return place;
        }
    }
}
