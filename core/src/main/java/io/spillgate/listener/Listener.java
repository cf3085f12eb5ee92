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
import io.spillgate.http.Connection;
import io.spillgate.http.http1.Http1Connection;
import io.spillgate.http.http1.Lingering;
import io.spillgate.http.http1.PeerCloseProbe;
import io.spillgate.http.tls.ServerTls;
import io.spillgate.http.tls.TlsFront;
import io.spillgate.limits.ConnectionLimit;
import io.spillgate.limits.InputMemory;
import io.spillgate.metrics.Counter;
import io.spillgate.net.AddressText;
import io.spillgate.net.Loops;
import io.spillgate.net.Newcomers;
import io.spillgate.net.PerLoop;
import io.spillgate.net.Work;
import io.spillgate.net.WorkMarker;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// What is served to one kind of clients, by one or more bound sockets. Thread safe.
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

    /// How long a handshake may take with a connection that is only told that it has no place.
    private static final long UNHELD_HANDSHAKE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /// How many bytes wait for a client until more of a backend's answer is read; one read may come
    /// on top.
    private static final WriteBufferWaterMark MARKS =
            new WriteBufferWaterMark(16 * 1024, 32 * 1024);

    private final ListenerState state;
    private final PerLoop<ListenerLoop> listenerLoops;
    private final Map<String, Channel> sockets = new LinkedHashMap<>();
    private final Map<String, InetSocketAddress> addresses = new LinkedHashMap<>();

    private Listener(ListenerState state, PerLoop<ListenerLoop> listenerLoops) {
        this.state = state;
        this.listenerLoops = listenerLoops;
    }

    /// Binds a listener, at every entrance that is not off.
    ///
    /// @param places for its connections, which it may share with other listeners
    /// @param spareDescriptors files that may be open besides these connections
    /// @throws IOException when an address can't be bound; nothing is left bound then
    public static Listener open(
            Services services,
            ListenerPolicy policy,
            GatewayConfig config,
            Certificates certificates,
            ConnectionLimit places,
            int spareDescriptors)
            throws IOException {
        ListenerState state = state(services, policy, config, places, spareDescriptors);
        PerLoop<ListenerLoop> listenerLoops = loops(services, state);
        listenerLoops.all().forEach(ListenerLoop::start);
        Listener listener = new Listener(state, listenerLoops);
        try {
            for (Entrance entrance : policy.entrances(config, certificates)) {
                if (!entrance.address().isOff()) {
                    listener.bind(entrance, services.loops(), config.http().reusePort());
                }
            }
        } catch (IOException e) {
            listener.abort();
            throw e;
        }
        return listener;
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

    /// Where its entrances are bound, by their names, with the real ports.
    public Map<String, InetSocketAddress> addresses() {
        return Collections.unmodifiableMap(addresses);
    }

    /// Requests whose body is being received or whose answer is awaited.
    public int exchanges() {
        return listenerLoops.all().stream().mapToInt(ListenerLoop::exchanges).sum();
    }

    /// Accepts nothing more and closes every connection that is not an event stream, at once.
    public void abort() {
        sockets.values().forEach(Listener::closeSocket);
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
        boolean ignored = false;
        for (Channel socket : sockets.values()) {
            ignored |= Newcomers.ignore(socket);
        }
        if (ignored) {
            LockSupport.parkNanos(HANDSHAKE_NANOS);
        }
        sockets.values().forEach(this::closeWhenEmpty);
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
    private void closeWhenEmpty(Channel socket) {
        EventLoop loop = socket.eventLoop();
        ChannelPromise closed = socket.newPromise();
        AcceptQueue queue = socket.pipeline().get(AcceptQueue.class);
        LongSupplier nanoTime = listenerLoops.of(loop).meter().nanoTime();
        long untilNanos = nanoTime.getAsLong() + MAX_ACCEPT_NANOS;
        Loops.execute(
                loop,
                () -> queue.whenEmpty(loop, nanoTime, untilNanos, () -> socket.close(closed)));
        if (loop.inEventLoop() || !closed.awaitUninterruptibly(MAX_CLOSE_MILLIS)) {
            closeSocket(socket);
        }
    }

    private void awaitLoops(CountDownLatch left) {
        try {
            if (!left.await(MAX_CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.warn("idle_not_closed address={} waited_ms={}", addresses, MAX_CLOSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits for the end, so that no connection is handed to a loop that is about to stop. Not for
    /// long: the socket's loop may be stuck, or gone.
    private static void closeSocket(Channel socket) {
        ChannelFuture closed = socket.close();
        if (!socket.eventLoop().inEventLoop()
                && !closed.awaitUninterruptibly(MAX_CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
            LOG.warn(
                    "listener_not_closed address={} waited_ms={}",
                    AddressText.of(socket.localAddress()),
                    MAX_CLOSE_MILLIS);
        }
    }

    private void bind(Entrance entrance, Loops loops, boolean reusePort) throws IOException {
        BindAddress address = entrance.address();
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
                        .childHandler(
                                new Connections(state, listenerLoops, fronts(entrance, loops)));
        if (reusePort) {
            bootstrap.option(loops.transport().reusePort(), true);
        }
        ChannelFuture bound = bootstrap.bind(local).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot bind " + address + ": " + bound.cause().getMessage(), bound.cause());
        }
        Channel socket = bound.channel();
        int port = ((InetSocketAddress) socket.localAddress()).getPort();
        sockets.put(entrance.name(), socket);
        if (entrance.tls() != null) {
            state.securePort(port);
        }
        addresses.put(entrance.name(), new InetSocketAddress(address.host(), port));
    }

    private @Nullable PerLoop<TlsFront> fronts(Entrance entrance, Loops loops) {
        ServerTls tls = entrance.tls();
        return tls == null
                ? null
                : new PerLoop<>(loops, number -> listenerLoops.at(number).front(tls));
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
        private final @Nullable PerLoop<TlsFront> fronts;

        /// @param fronts where TLS begins; null = it is not spoken
        Connections(
                ListenerState state,
                PerLoop<ListenerLoop> listenerLoops,
                @Nullable PerLoop<TlsFront> fronts) {
            this.state = state;
            this.listenerLoops = listenerLoops;
            this.fronts = fronts;
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
            if (!held && !state.turnAway(channel, fronts != null)) {
                turnAway(channel, listenerLoop);
                return;
            }
            if (held && state.policy() == ListenerPolicy.PUBLIC) {
                listenerLoop.cells().add(Counter.CONNECTIONS, 1);
            }
            listenerLoop.resets().watch(channel);
            PeerCloseProbe.prepare(channel);
            if (fronts == null) {
                Http1Connection.begin(channel, listenerLoop, held);
            } else {
                fronts.of(channel.eventLoop())
                        .begin(
                                channel,
                                held ? Long.MAX_VALUE : UNHELD_HANDSHAKE_NANOS,
                                secured -> secured(secured, listenerLoop, held),
                                held ? () -> {} : () -> countRejection(listenerLoop));
            }
        }

        private static void secured(Channel channel, ListenerLoop listenerLoop, boolean held) {
            Connection connection = Http1Connection.begin(channel, listenerLoop, held);
            if (listenerLoop.isEnding()) {
                connection.closeIfIdle();
            }
        }

        private static void countRejection(ListenerLoop listenerLoop) {
            listenerLoop.cells().add(Counter.CONNECTIONS_REJECTED, ConnectionRefusal.CAP);
        }

        /// Answers a connection that can neither be held nor linger, and closes it at once.
        private void turnAway(Channel channel, ListenerLoop listenerLoop) {
            countRejection(listenerLoop);
            if (fronts != null) {
                channel.close();
                return;
            }
            HttpHeaders policy = state.settings().cors().fields(null);
            Lingering.turnAway(channel, state.atCapacity(null), policy);
        }
    }
}
