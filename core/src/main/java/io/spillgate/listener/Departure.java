package io.spillgate.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;

/// Notices that a client has left while its socket is not read.
///
/// What it sent before its FIN is in the way of the FIN, so no read can find it; the kernel knows
/// the state of the connection all the same (tcp(7), TCP_INFO). The JDK's selector gives no access
/// to it: there such a client is noticed when its socket is read again.
final class Departure {
    private static final int ESTABLISHED = 1;

    private Departure() {}

    /// Whether the peer has ended the connection, or its direction of it.
    static boolean hasHappened(Channel channel) {
        try {
            return switch (channel) {
                case EpollSocketChannel epoll -> epoll.tcpInfo().state() != ESTABLISHED;
                case IoUringSocketChannel uring -> uring.tcpInfo().state() != ESTABLISHED;
                default -> !channel.isActive();
            };
        } catch (ChannelException closed) {
            return true;
        }
    }
}
