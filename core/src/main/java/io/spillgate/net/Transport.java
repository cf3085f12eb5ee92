package io.spillgate.net;

import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.spillgate.config.IoMode;

import java.net.StandardSocketOptions;
import java.util.function.Supplier;

/// A kernel interface that event loops can use.
public enum Transport {
    /// Linux epoll.
    EPOLL(
            EpollIoHandler::newFactory,
            EpollServerSocketChannel.class,
            EpollSocketChannel::new,
            EpollDatagramChannel::new,
            true),
    /// Linux io_uring.
    IO_URING(
            IoUringIoHandler::newFactory,
            IoUringServerSocketChannel.class,
            IoUringSocketChannel::new,
            IoUringDatagramChannel::new,
            false),
    /// The JDK's selector.
    NIO(
            NioIoHandler::newFactory,
            NioServerSocketChannel.class,
            NioSocketChannel::new,
            NioDatagramChannel::new,
            true);

    /// Read by Netty when io_uring is first used. With it, an accept that fails for want of
    /// descriptors is repeated at once and for ever, and each time logged, whatever auto-read says.
    private static final String MULTISHOT_ACCEPT = "io.netty.iouring.acceptMultiShotEnabled";

    static {
        if (System.getProperty(MULTISHOT_ACCEPT) == null) {
            System.setProperty(MULTISHOT_ACCEPT, "false");
        }
    }

    @SuppressWarnings("ImmutableEnumChecker") // a reference to a static method
    private final Supplier<IoHandlerFactory> handlers;

    private final Class<? extends ServerChannel> serverChannel;

    @SuppressWarnings("ImmutableEnumChecker") // a reference to a constructor
    private final ChannelFactory<SocketChannel> sockets;

    @SuppressWarnings("ImmutableEnumChecker") // a reference to a constructor
    private final ChannelFactory<DatagramChannel> datagrams;

    private final boolean writesAtOnce;

    Transport(
            Supplier<IoHandlerFactory> handlers,
            Class<? extends ServerChannel> serverChannel,
            ChannelFactory<SocketChannel> sockets,
            ChannelFactory<DatagramChannel> datagrams,
            boolean writesAtOnce) {
        this.handlers = handlers;
        this.serverChannel = serverChannel;
        this.sockets = sockets;
        this.datagrams = datagrams;
        this.writesAtOnce = writesAtOnce;
    }

    /// The transport of a mode; `auto` takes epoll where it works (the fastest in our
    /// measurements), else NIO.
    ///
    /// @throws IllegalStateException when the mode names one that does not work here
    public static Transport of(IoMode mode) {
        return switch (mode) {
            case AUTO -> Epoll.isAvailable() ? EPOLL : NIO;
            case EPOLL -> require(EPOLL, Epoll.unavailabilityCause());
            case IO_URING -> require(IO_URING, IoUring.unavailabilityCause());
            case NIO -> NIO;
        };
    }

    /// Whether a write is a system call that tells at once how much the socket took.
    public boolean writesAtOnce() {
        return writesAtOnce;
    }

    IoHandlerFactory handlerFactory() {
        return handlers.get();
    }

    /// The class of a listening socket.
    public Class<? extends ServerChannel> serverChannel() {
        return serverChannel;
    }

    /// Lets several sockets listen at one address (`SO_REUSEPORT`).
    public ChannelOption<Boolean> reusePort() {
        return this == NIO
                ? NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT)
                : UnixChannelOption.SO_REUSEPORT;
    }

    /// Makes a socket that connects.
    public ChannelFactory<SocketChannel> sockets() {
        return sockets;
    }

    /// Makes a socket for datagrams.
    public ChannelFactory<DatagramChannel> datagrams() {
        return datagrams;
    }

    private static Transport require(
            Transport transport, @org.jspecify.annotations.Nullable Throwable cause) {
        if (cause != null) {
            throw new IllegalStateException(
                    "http.io = "
                            + transport.name().toLowerCase(java.util.Locale.ROOT)
                            + " does not work here: "
                            + cause.getMessage(),
                    cause);
        }
        return transport;
    }
}
