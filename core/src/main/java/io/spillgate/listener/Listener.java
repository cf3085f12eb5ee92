package io.spillgate.listener;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.config.BindAddress;
import io.spillgate.config.GatewayConfig;
import io.spillgate.http.http1.Http1Connection;
import io.spillgate.http.http1.Lingering;
import io.spillgate.limits.ConnectionLimit;
import io.spillgate.limits.InputMemory;
import io.spillgate.metrics.Counter;
import io.spillgate.net.Loops;
import io.spillgate.net.Newcomers;
import io.spillgate.net.PerLoop;
import io.spillgate.net.Work;
import io.spillgate.net.WorkMarker;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// A bound socket whose connections are served. Thread safe.
public final class Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

    /// How long somebody waits for a listening socket to close.
    private static final long MAX_ACCEPT_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    private static final long MAX_CLOSE_MILLIS = 500;

    /// How long a connection may take from its SYN until it can be accepted.
    private static final long HANDSHAKE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /// The kernel lowers it to net.core.somaxconn.
    private static final int BACKLOG = 65_535;

    private static final int LEAST_LINGERING = 1024;
    private static final int MAX_READ_BYTES = 32 * 1024;
    private static final int SPARE_FOR_OTHERS = 100;

    /// How many bytes wait for a client until more of a backend's answer is read; one read may come
    /// on top.
    private static final WriteBufferWaterMark MARKS =
            new WriteBufferWaterMark(16 * 1024, 32 * 1024);

    private final ListenerState state;
    private final PerLoop<ListenerLoop> listenerLoops;
    private final Channel socket;
    private final InetSocketAddress address;

    private Listener(
            ListenerState state, PerLoop<ListenerLoop> listenerLoops, String host, Channel socket) {
        this.state = state;
        this.listenerLoops = listenerLoops;
        this.socket = socket;
        int port = ((InetSocketAddress) socket.localAddress()).getPort();
        address = new InetSocketAddress(host, port);
    }

    /// Binds a listener.
    ///
    /// @param places for its connections, which it may share with other listeners
    /// @param spareDescriptors files that may be open besides these connections
    /// @throws IOException when the address can't be bound
    public static Listener open(
            Services services,
            ListenerPolicy policy,
            GatewayConfig config,
            ConnectionLimit places,
            int spareDescriptors)
            throws IOException {
        ListenerState state = state(services, policy, config, places, spareDescriptors);
        PerLoop<ListenerLoop> listenerLoops = loops(services, state);
        listenerLoops.all().forEach(ListenerLoop::start);
        boolean reusePort = config.http().reusePort();
        return bind(state, listenerLoops, services.loops(), policy.address(config), reusePort);
    }

    /// What its connections share; parameters as in [#open].
    static ListenerState state(
            Services services,
            ListenerPolicy policy,
            GatewayConfig config,
            ConnectionLimit places,
            int spareDescriptors) {
        int lingering = Math.max(LEAST_LINGERING, places.limit() / 100);
        int turnedAway = Math.clamp(spareDescriptors - SPARE_FOR_OTHERS, 1, lingering);
        return new ListenerState(
                policy,
                places,
                new Lingering(lingering),
                new Lingering(turnedAway),
                new InputMemory(policy.inputBytes(config)),
                policy.settings(config));
    }

    /// Where its connections live; not started.
    static PerLoop<ListenerLoop> loops(Services services, ListenerState state) {
        long originNanos = services.loops().nanoTime().getAsLong();
        Consumer<RequestContext> stages = context -> new RequestStages(services, context).run();
        return new PerLoop<>(
                services.loops(),
                number -> new ListenerLoop(state, services, number, originNanos, stages));
    }

    /// What it is for.
    public ListenerPolicy policy() {
        return state.policy();
    }

    /// Where it is bound, with the real port.
    public InetSocketAddress address() {
        return address;
    }

    /// Requests whose body is being received or whose answer is awaited.
    public int exchanges() {
        return listenerLoops.all().stream().mapToInt(ListenerLoop::exchanges).sum();
    }

    /// Accepts nothing more and closes every connection that is not an event stream, at once.
    public void abort() {
        closeSocket();
        listenerLoops.all().forEach(ListenerLoop::closeAll);
    }

    /// Refused connections that are read and discarded before they are closed.
    public int lingering() {
        return state.lingering().count() + state.turnedAway().count();
    }

    /// Whether a connection came at this time of the loops' clock, or later.
    public boolean hasAcceptedSince(long nanos) {
        return state.hasAcceptedSince(nanos);
    }

    /// Bytes that unfinished requests hold.
    public long inputBytes() {
        return state.input().usedBytes();
    }

    /// Bytes that unfinished requests may hold.
    public long inputLimitBytes() {
        return state.input().limitBytes();
    }

    /// Uses a changed configuration for new requests.
    public void apply(GatewayConfig before, GatewayConfig config) {
        Settings settings = policy().settings(config);
        state.settings(settings.keepingRate(state.settings(), before.http(), config.http()));
        listenerLoops.all().forEach(ListenerLoop::renewPeriod);
        state.input().setLimit(policy().inputBytes(config));
    }

    /// Accepts nothing more, but what is under way, and closes the connections on which no request
    /// is under way. When it is over every connection is counted.
    public void stopAccepting() {
        if (Newcomers.ignore(socket)) {
            LockSupport.parkNanos(HANDSHAKE_NANOS);
        }
        closeWhenEmpty();
        CountDownLatch left = new CountDownLatch(listenerLoops.all().size());
        boolean onLoop = false;
        for (ListenerLoop one : listenerLoops.all()) {
            onLoop |= one.isCalling();
            one.closeIdle(left::countDown);
        }
        if (!onLoop) {
            awaitLoops(left);
        }
    }

    /// Closes the socket when its loop has accepted all who are there.
    private void closeWhenEmpty() {
        EventLoop loop = socket.eventLoop();
        ChannelPromise closed = socket.newPromise();
        AcceptQueue queue = socket.pipeline().get(AcceptQueue.class);
        LongSupplier nanoTime = listenerLoops.of(loop).meter().nanoTime();
        long untilNanos = nanoTime.getAsLong() + MAX_ACCEPT_NANOS;
        Loops.execute(
                loop,
                () -> queue.whenEmpty(loop, nanoTime, untilNanos, () -> socket.close(closed)));
        if (loop.inEventLoop() || !closed.awaitUninterruptibly(MAX_CLOSE_MILLIS)) {
            closeSocket();
        }
    }

    private void awaitLoops(CountDownLatch left) {
        try {
            if (!left.await(MAX_CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.warn("idle_not_closed address={} waited_ms={}", address(), MAX_CLOSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits for the end, so that no connection is handed to a loop that is about to stop. Not for
    /// long: the socket's loop may be stuck, or gone.
    private void closeSocket() {
        ChannelFuture closed = socket.close();
        if (!socket.eventLoop().inEventLoop()
                && !closed.awaitUninterruptibly(MAX_CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
            LOG.warn("listener_not_closed address={} waited_ms={}", address(), MAX_CLOSE_MILLIS);
        }
    }

    private static Listener bind(
            ListenerState state,
            PerLoop<ListenerLoop> listenerLoops,
            Loops loops,
            BindAddress address,
            boolean reusePort)
            throws IOException {
        InetSocketAddress local = new InetSocketAddress(address.host(), address.port());
        if (local.isUnresolved()) {
            throw new IOException("cannot bind " + address + ": the host is unknown");
        }
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(loops.group())
                        .channel(loops.transport().serverChannel())
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, MARKS)
                        .childOption(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                new AdaptiveRecvByteBufAllocator(64, 2048, MAX_READ_BYTES))
                        .handler(new Accepting(loops))
                        .childHandler(new Connections(state, listenerLoops));
        if (reusePort) {
            bootstrap.option(loops.transport().reusePort(), true);
        }
        ChannelFuture bound = bootstrap.bind(local).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot bind " + address + ": " + bound.cause().getMessage(), bound.cause());
        }
        return new Listener(state, listenerLoops, address.host(), bound.channel());
    }

    /// Makes the listening socket's own pipeline.
    private static final class Accepting extends ChannelInitializer<Channel> {
        private final Loops loops;

        Accepting(Loops loops) {
            this.loops = loops;
        }

        @Override
        protected void initChannel(Channel socket) {
            WorkMarker marker = new WorkMarker(loops.meter(socket.eventLoop()), Work.ACCEPT);
            socket.pipeline().addLast(marker, new AcceptQueue());
        }
    }

    /// The one place where handlers are added to a connection.
    private static final class Connections extends ChannelInitializer<Channel> {
        private final ListenerState state;
        private final PerLoop<ListenerLoop> listenerLoops;

        Connections(ListenerState state, PerLoop<ListenerLoop> listenerLoops) {
            this.state = state;
            this.listenerLoops = listenerLoops;
        }

        @Override
        protected void initChannel(Channel channel) {
            ListenerLoop listenerLoop = listenerLoops.of(channel.eventLoop());
            listenerLoop.meter().run(Work.ACCEPT, () -> receive(channel, listenerLoop));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            listenerLoops.of(ctx.channel().eventLoop()).faults().close(ctx.channel(), cause);
        }

        private void receive(Channel channel, ListenerLoop listenerLoop) {
            boolean held = state.hold(channel, listenerLoop.now());
            if (!held && !state.turnedAway().enter(channel)) {
                turnAway(channel, listenerLoop);
                return;
            }
            if (held && state.policy() == ListenerPolicy.PUBLIC) {
                listenerLoop.cells().add(Counter.CONNECTIONS, 1);
            }
            listenerLoop.resets().watch(channel);
            Http1Connection.begin(channel, listenerLoop, held);
        }

        /// Answers a connection that can neither be held nor linger, and closes it at once.
        private void turnAway(Channel channel, ListenerLoop listenerLoop) {
            listenerLoop.cells().add(Counter.CONNECTIONS_REJECTED, ConnectionRefusal.CAP);
            HttpHeaders policy = state.settings().cors().fields(null);
            Http1Connection.turnAway(channel, state.atCapacity(null), policy);
        }
    }
}
