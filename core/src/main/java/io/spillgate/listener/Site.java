package io.spillgate.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.spillgate.admission.Admission;
import io.spillgate.http.Accepts;
import io.spillgate.http.Response;
import io.spillgate.http.ServerStream;
import io.spillgate.http.http1.Http1Connection;
import io.spillgate.http.http1.Lingering;
import io.spillgate.hub.Hub;
import io.spillgate.lifecycle.Lifecycle;
import io.spillgate.limits.ConnectionLimit;
import io.spillgate.limits.DrainRate;
import io.spillgate.limits.InputHolders;
import io.spillgate.limits.InputMemory;
import io.spillgate.metrics.Counter;
import io.spillgate.net.Faults;
import io.spillgate.net.Loops;
import io.spillgate.net.PerLoop;
import io.spillgate.proxy.Backends;

import org.jspecify.annotations.Nullable;

/// What all connections of a listener share.
final class Site {
    /// From the guide to SSE connection pools.
    private static final int LEAST_RETRY_SECONDS = 10;

    private static final int MOST_RETRY_SECONDS = 300;
    private static final String CAP = "connections";
    private static final String FULL_EVENT = "data: {\"error\":\"server_at_capacity\"}\n\n";

    private final ListenerPolicy policy;
    private final Listener.Surroundings around;
    private final ConnectionLimit connections;
    private final Lingering lingering;
    private final Lingering turnedAway;
    private final InputMemory input;
    private final ChannelFutureListener release;
    private final DrainRate departures;
    private final PerLoop<Station> stations;
    private volatile Settings settings;

    Site(
            ListenerPolicy policy,
            Listener.Surroundings around,
            ConnectionLimit connections,
            Lingering lingering,
            Lingering turnedAway,
            InputMemory input,
            Settings settings) {
        this.policy = policy;
        departures = new DrainRate(around.loops().nanoTime());
        this.around = around;
        this.connections = connections;
        this.lingering = lingering;
        this.turnedAway = turnedAway;
        this.input = input;
        this.settings = settings;
        release =
                _ -> {
                    connections.release();
                    if (settings().shedding().measured()) {
                        departures.freed();
                    }
                };
        long origin = around.loops().nanoTime().getAsLong();
        stations = new PerLoop<>(around.loops(), number -> station(number, origin));
        stations.all().forEach(Station::start);
    }

    ListenerPolicy policy() {
        return policy;
    }

    /// Whether this is the operators' listener.
    boolean isAdmin() {
        return policy == ListenerPolicy.OPERATORS;
    }

    Hub hub() {
        return around.hub();
    }

    Backends backends() {
        return around.backends();
    }

    Admission admission() {
        return around.admission();
    }

    Lifecycle lifecycle() {
        return around.lifecycle();
    }

    /// What becomes of errors in the work for a connection.
    Faults faults() {
        return around.loops().faults();
    }

    /// Whether a load balancer should send traffic: everything is served, no loop is stuck, and
    /// memory is not short.
    boolean isReady() {
        return around.lifecycle().isReady()
                && !around.loops().isStuck()
                && !faults().isShortOfMemory();
    }

    Operations operations() {
        return around.operations();
    }

    ConnectionLimit connections() {
        return connections;
    }

    /// What unfinished requests hold.
    InputMemory input() {
        return input;
    }

    /// Gives the place of a connection back when it is closed.
    ChannelFutureListener release() {
        return release;
    }

    /// Answers a connection that can neither be held nor linger, and closes it at once.
    void turnAway(Channel channel, Station station) {
        station.cells().add(Counter.CONNECTIONS_REJECTED, ConnectionRefusal.CAP);
        Http1Connection.turnAway(channel, atCapacity(null), settings.cors().fields(null));
    }

    /// What a connection above the cap is told.
    ///
    /// @param stream its request; null when nothing was read of it
    Response atCapacity(@Nullable ServerStream stream) {
        Shedding shedding = settings.shedding();
        int seconds =
                shedding.measured()
                        ? departures.refused(LEAST_RETRY_SECONDS, MOST_RETRY_SECONDS)
                        : LEAST_RETRY_SECONDS;
        HttpRequest head = stream != null && stream.hasHead() ? stream.head() : null;
        if (head != null && shedding.softens(head)) {
            return shedding.softly(seconds, () -> CAP);
        }
        boolean asEvent =
                head != null
                        && Accepts.namesEventStream(head.headers().getAll(HttpHeaderNames.ACCEPT));
        Response response =
                asEvent
                        ? Response.of(503, Response.EVENT_STREAM, FULL_EVENT)
                        : Response.text(
                                503,
                                "All "
                                        + connections.limit()
                                        + " connections are taken (http.max_connections)\n");
        return shedding.named(response.retryAfter(seconds), () -> CAP);
    }

    /// Connections above the cap, which are told so; they take descriptors of their own.
    Lingering turnedAway() {
        return turnedAway;
    }

    /// Exchanges under way. Any thread.
    int exchanges() {
        return stations.all().stream().mapToInt(Station::exchanges).sum();
    }

    /// Closes every connection at once.
    void closeAll() {
        for (Station station : stations.all()) {
            Loops.execute(
                    station.loop(),
                    () -> station.sweep().members().forEach(one -> one.channel().close()));
        }
    }

    Lingering lingering() {
        return lingering;
    }

    Settings settings() {
        return settings;
    }

    void settings(Settings changed) {
        settings = changed;
        long period = period();
        stations.all()
                .forEach(station -> Loops.execute(station.loop(), () -> station.period(period)));
    }

    Station station(EventLoop loop) {
        return stations.of(loop);
    }

    /// Closes the connections on which no request is under way.
    void closeIdle() {
        for (Station station : stations.all()) {
            Loops.execute(
                    station.loop(),
                    () -> station.sweep().members().forEach(Http1Connection::closeIfIdle));
        }
    }

    private Station station(int number, long originNanos) {
        EventLoop loop = around.loops().all().get(number);
        return new Station(
                this,
                loop,
                around.loops().meters().get(number),
                around.hub().shard(number),
                around.metrics().cells(number),
                new InputHolders(input, loop, around.loops().nanoTime(), originNanos),
                period());
    }

    private long period() {
        return settings.times().visitPeriodNanos(settings.intake().blockNanos());
    }
}
