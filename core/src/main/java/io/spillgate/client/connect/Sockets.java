package io.spillgate.client.connect;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.spillgate.config.SocketOptionsConfig;
import io.spillgate.net.Transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Optional;

/// Opens sockets with the options of the configuration; what it does not set is left to the system,
/// but TCP_NODELAY, which is on.
final class Sockets {
    /// SO_OOBINLINE of SOL_SOCKET on Linux (socket(7)), which Netty has no name for.
    static final IntegerUnixChannelOption OOB_INLINE =
            new IntegerUnixChannelOption("SO_OOBINLINE", 1, 10);

    private static final WriteBufferWaterMark WATER_MARK =
            new WriteBufferWaterMark(32 * 1024, 64 * 1024);

    private final Bootstrap bootstrap;

    Sockets(Transport transport, SocketOptionsConfig options) {
        bootstrap =
                new Bootstrap()
                        .disableResolver()
                        .option(ChannelOption.AUTO_READ, false)
                        .option(ChannelOption.AUTO_CLOSE, false)
                        .option(ChannelOption.ALLOW_HALF_CLOSURE, false)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                        .option(ChannelOption.RECVBUF_ALLOCATOR, new SingleReadAllocator())
                        .option(ChannelOption.TCP_NODELAY, options.tcpNoDelay().orElse(true));
        set(ChannelOption.SO_RCVBUF, options.soReceiveBufferSize().map(s -> (int) s.bytes()));
        set(ChannelOption.SO_SNDBUF, options.soSendBufferSize().map(s -> (int) s.bytes()));
        set(ChannelOption.SO_REUSEADDR, options.soReuseAddress());
        set(ChannelOption.IP_TOS, options.soTrafficClass());
        set(ChannelOption.SO_KEEPALIVE, options.tcpKeepAlive());
        bootstrap.channelFactory(factory(transport, options.tcpOobInline()));
    }

    /// Begins to connect.
    ///
    /// @param name of a handler
    /// @param last the handler, which sees all that happens to the socket
    ChannelFuture connect(
            EventLoop loop, InetSocketAddress address, String name, ChannelHandler last) {
        ChannelHandler both =
                new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(SingleReadAllocator.FILTER).addLast(name, last);
                    }
                };
        return bootstrap.clone(loop).handler(both).connect(address);
    }

    private <T> void set(ChannelOption<T> option, Optional<T> value) {
        value.ifPresent(present -> bootstrap.option(option, present));
    }

    private ChannelFactory<SocketChannel> factory(Transport transport, Optional<Boolean> oob) {
        if (oob.isEmpty()) {
            return transport.sockets();
        }
        if (transport == Transport.NIO) {
            return () -> nio(oob.get());
        }
        bootstrap.option(OOB_INLINE, oob.get() ? 1 : 0);
        return transport.sockets();
    }

    /// The JDK has the option only on the socket itself, and Netty does not hand that out.
    private static SocketChannel nio(boolean oobInline) {
        try {
            java.nio.channels.SocketChannel socket = java.nio.channels.SocketChannel.open();
            socket.socket().setOOBInline(oobInline);
            return new NioSocketChannel(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
