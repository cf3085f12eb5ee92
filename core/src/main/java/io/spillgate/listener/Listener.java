package io.spillgate.listener;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
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
import io.spillgate.net.Marker;
import io.spillgate.net.PerLoop;
import io.spillgate.net.Work;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A bound socket whose connections are served. Thread safe.
public final class Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

    /// How long somebody waits for a listening socket to close.
    private static final long MAX_CLOSE_MILLIS = 500;

    /// The kernel lowers it to net.core.somaxconn.
    private static final int BACKLOG = 65_535;

    private static final int LEAST_LINGERING = 1024;
    private static final int MAX_READ_BYTES = 32 * 1024;
    private static final int SPARE_FOR_OTHERS = 100;

    /// How many bytes wait for a client until more of a backend's answer is read; one read may come
    /// on top.
    private static final WriteBufferWaterMark MARKS =
            new WriteBufferWaterMark(16 * 1024, 32 * 1024);

    private final Site site;
    private final PerLoop<Station> stations;
    private final Channel socket;
    private final InetSocketAddress address;

    private Listener(Site site, PerLoop<Station> stations, String host, Channel socket) {
        this.site = site;
        this.stations = stations;
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
        int lingering = Math.max(LEAST_LINGERING, places.limit() / 100);
        int turnedAway = Math.clamp(spareDescriptors - SPARE_FOR_OTHERS, 1, lingering);
        Site site =
                new Site(
                        policy,
                        places,
                        new Lingering(lingering),
                        new Lingering(turnedAway),
                        new InputMemory(policy.inputBytes(config)),
                        policy.settings(config),
                        services.loops().nanoTime());
        long originNanos = services.loops().nanoTime().getAsLong();
        Consumer<Serving> stages = serving -> new RequestStages(services, serving).run();
        PerLoop<Station> stations =
                new PerLoop<>(
                        services.loops(),
                        number -> new Station(site, services, number, originNanos, stages));
        stations.all().forEach(Station::start);
        return bind(site, stations, services.loops(), policy.address(config));
    }

    /// What it is for.
    public ListenerPolicy policy() {
        return site.policy();
    }

    /// Where it is bound, with the real port.
    public InetSocketAddress address() {
        return address;
    }

    /// Requests whose body is being received or whose answer is awaited.
    public int exchanges() {
        return stations.all().stream().mapToInt(Station::exchanges).sum();
    }

    /// Accepts nothing more and closes every connection that is not an event stream, at once.
    public void abort() {
        closeSocket();
        stations.all().forEach(Station::closeAll);
    }

    /// Refused connections that are read and discarded before they are closed.
    public int lingering() {
        return site.lingering().count() + site.turnedAway().count();
    }

    /// Bytes that unfinished requests hold.
    public long inputBytes() {
        return site.input().usedBytes();
    }

    /// Bytes that unfinished requests may hold.
    public long inputLimitBytes() {
        return site.input().limitBytes();
    }

    /// Uses a changed configuration for new requests.
    public void apply(GatewayConfig before, GatewayConfig config) {
        Settings settings = policy().settings(config);
        site.settings(settings.keepingRate(site.settings(), before.http(), config.http()));
        stations.all().forEach(Station::renewPeriod);
        site.input().setLimit(policy().inputBytes(config));
    }

    /// Accepts nothing more and closes the connections on which no request is under way.
    public void stopAccepting() {
        closeSocket();
        stations.all().forEach(Station::closeIdle);
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
            Site site, PerLoop<Station> stations, Loops loops, BindAddress address)
            throws IOException {
        InetSocketAddress local = new InetSocketAddress(address.host(), address.port());
        if (local.isUnresolved()) {
            throw new IOException("cannot bind " + address + ": the host is unknown");
        }
        ChannelFuture bound =
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
                        .childHandler(new Connections(site, stations))
                        .bind(local)
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot bind " + address + ": " + bound.cause().getMessage(), bound.cause());
        }
        return new Listener(site, stations, address.host(), bound.channel());
    }

    /// Makes the listening socket's own pipeline.
    private static final class Accepting extends ChannelInitializer<Channel> {
        private final Loops loops;

        Accepting(Loops loops) {
            this.loops = loops;
        }

        @Override
        protected void initChannel(Channel socket) {
            Marker marker = new Marker(loops.meter(socket.eventLoop()), Work.ACCEPT);
            socket.pipeline().addLast(marker, new AcceptFailures());
        }
    }

    /// The one place where handlers are added to a connection.
    private static final class Connections extends ChannelInitializer<Channel> {
        private final Site site;
        private final PerLoop<Station> stations;

        Connections(Site site, PerLoop<Station> stations) {
            this.site = site;
            this.stations = stations;
        }

        @Override
        protected void initChannel(Channel channel) {
            Station station = stations.of(channel.eventLoop());
            station.meter().run(Work.ACCEPT, () -> receive(channel, station));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            stations.of(ctx.channel().eventLoop()).faults().close(ctx.channel(), cause);
        }

        private void receive(Channel channel, Station station) {
            boolean held = site.hold(channel);
            if (!held && !site.turnedAway().enter(channel)) {
                turnAway(channel, station);
                return;
            }
            if (held && site.policy() == ListenerPolicy.PUBLIC) {
                station.cells().add(Counter.CONNECTIONS, 1);
            }
            station.resets().watch(channel);
            Http1Connection.begin(channel, station, held);
        }

        /// Answers a connection that can neither be held nor linger, and closes it at once.
        private void turnAway(Channel channel, Station station) {
            station.cells().add(Counter.CONNECTIONS_REJECTED, ConnectionRefusal.CAP);
            HttpHeaders policy = site.settings().cors().fields(null);
            Http1Connection.turnAway(channel, site.atCapacity(null), policy);
        }
    }
}
