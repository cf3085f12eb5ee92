package io.spillgate.http.http1;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;

/// Notices that a client has left while its socket is not read.
///
/// What it sent before its FIN is in the way of the FIN, so no read can find it; the kernel knows
/// the state of the connection all the same (tcp(7), TCP_INFO). The JDK's selector gives no access
/// to it, and says nothing of a socket that nobody wants to read or write. There a byte is read at
/// each look, which finds a reset, and a FIN as soon as nothing is before it.
public final class PeerCloseProbe {
    private static final int ESTABLISHED = 1;

    /// What a decoder may still bring after a pause, at most.
    private static final int MOST_HELD_BYTES = 128 * 1024;

    private PeerCloseProbe() {}

    /// Makes looks possible; called when a connection is accepted, before anything is read.
    public static void prepare(Channel channel) {
        if (channel instanceof NioSocketChannel) {
            channel.config().setRecvByteBufAllocator(new Reads());
        }
    }

    /// Whether the peer is known to have ended the connection, or its direction of it. If it is
    /// found out only by reading, the channel becomes inactive soon after.
    static boolean isNoticed(Channel channel) {
        try {
            return switch (channel) {
                case EpollSocketChannel epoll -> epoll.tcpInfo().state() != ESTABLISHED;
                case IoUringSocketChannel uring -> uring.tcpInfo().state() != ESTABLISHED;
                default -> probe(channel);
            };
        } catch (ChannelException closed) {
            return true;
        }
    }

    /// Closes a connection of which too much is held because the peer has left: then the transport
    /// reads all that is left, asked for or not.
    static void endFlood(Channel channel, int heldBytes) {
        if (heldBytes > MOST_HELD_BYTES && isNoticed(channel)) {
            channel.close();
        }
    }

    private static boolean probe(Channel channel) {
        if (channel.config().getRecvByteBufAllocator() instanceof Reads reads) {
            reads.nextIsProbe = true;
            channel.read();
        }
        return false;
    }

    /// How much is read at once from one socket.
    private static final class Reads extends DefaultMaxMessagesRecvByteBufAllocator {
        private static final int USUAL_BYTES = 16 * 1024;

        private boolean nextIsProbe;

        @Override
        @SuppressWarnings("deprecation") // the type of the result
        public Handle newHandle() {
            return new MaxMessageHandle() {
                @Override
                public int guess() {
                    return nextIsProbe ? 1 : USUAL_BYTES;
                }

                @Override
                public void readComplete() {
                    nextIsProbe = false;
                }
            };
        }
    }
}
