package io.spillgate.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.spillgate.admission.Admission;
import io.spillgate.hub.Hub;
import io.spillgate.hub.Shard;
import io.spillgate.lifecycle.Lifecycle;
import io.spillgate.limits.ConnectionLimit;
import io.spillgate.limits.DrainRate;
import io.spillgate.limits.InputHolders;
import io.spillgate.limits.InputMemory;
import io.spillgate.metrics.Cells;
import io.spillgate.metrics.ConnectionRefusal;
import io.spillgate.net.Faults;
import io.spillgate.net.LoopMeter;
import io.spillgate.net.Loops;
import io.spillgate.net.PerLoop;
import io.spillgate.net.Resets;
import io.spillgate.net.Sweep;
import io.spillgate.net.Work;
import io.spillgate.proxy.Backends;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// What all connections of a listener share.
final class Site {
    private static final long TICK_MILLIS = 25;

    /// Seed 001.
    private static final int LEAST_RETRY_SECONDS = 10;

    private static final int MOST_RETRY_SECONDS = 300;
    private static final String CAP = "connections";

    private final boolean admin;
    private final Listener.Surroundings around;
    private final ConnectionLimit connections;
    private final Lingering lingering;
    private final Lingering turnedAway;
    private final InputMemory input;
    private final ChannelFutureListener release;
    private final DrainRate departures = new DrainRate(System::nanoTime);
    private final PerLoop<Station> stations;
    private volatile Settings settings;

    Site(
            boolean admin,
            Listener.Surroundings around,
            ConnectionLimit connections,
            Lingering lingering,
            Lingering turnedAway,
            InputMemory input,
            Settings settings) {
        this.admin = admin;
        this.around = around;
        this.connections = connections;
        this.lingering = lingering;
        this.turnedAway = turnedAway;
        this.input = input;
        this.settings = settings;
        release =
                _ -> {
                    connections.release();
                    if (settings.shedding().measured()) {
                        departures.freed();
                    }
                };
        long origin = System.nanoTime();
        stations = new PerLoop<>(around.loops(), number -> station(number, origin));
        stations.all().forEach(station -> station.start(faults()));
    }

    /// Whether this is the operators' listener.
    boolean isAdmin() {
        return admin;
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
        station.cells.rejected(ConnectionRefusal.CAP);
        Inquiry unread = Inquiry.unread(settings, System.nanoTime());
        Answer answer = atCapacity(null);
        channel.writeAndFlush(unread.encode(answer, true, channel.alloc()))
                .addListener(ChannelFutureListener.CLOSE);
    }

    /// What a connection above the cap is told.
    ///
    /// @param head of its request; null when there is none, or none that is sound
    Answer atCapacity(@Nullable HttpRequest head) {
        Shedding shedding = settings.shedding();
        int seconds =
                shedding.measured()
                        ? departures.refused(LEAST_RETRY_SECONDS, MOST_RETRY_SECONDS)
                        : LEAST_RETRY_SECONDS;
        if (head != null && shedding.softens(head)) {
            return shedding.softly(seconds, () -> CAP);
        }
        boolean asEvents =
                head != null
                        && Accepts.namesEventStream(head.headers().getAll(HttpHeaderNames.ACCEPT));
        return shedding.named(Answer.atCapacity(asEvents, connections.limit(), seconds), () -> CAP);
    }

    /// Connections above the cap, which are told so; they take descriptors of their own.
    Lingering turnedAway() {
        return turnedAway;
    }

    /// Exchanges under way. Any thread.
    int exchanges() {
        return stations.all().stream().mapToInt(station -> station.exchanges.get()).sum();
    }

    /// Closes every connection at once.
    void closeAll() {
        for (Station station : stations.all()) {
            Loops.execute(
                    station.loop,
                    () -> station.sweep.members().forEach(handler -> handler.channel().close()));
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
                .forEach(station -> Loops.execute(station.loop, () -> station.period(period)));
    }

    Station station(EventLoop loop) {
        return stations.of(loop);
    }

    /// Closes the connections on which no request is under way.
    void closeIdle() {
        for (Station station : stations.all()) {
            Loops.execute(
                    station.loop,
                    () -> station.sweep.members().forEach(RequestHandler::closeIfIdle));
        }
    }

    private Station station(int number, long originNanos) {
        EventLoop loop = around.loops().all().get(number);
        return new Station(
                loop,
                around.loops().meters().get(number),
                around.hub().shard(number),
                around.metrics().cells(number),
                new InputHolders(input, loop, System::nanoTime, originNanos),
                period());
    }

    private long period() {
        return settings.times().visitPeriodNanos(settings.intake().blockNanos());
    }

    /// What the connections of one listener on one loop share. Confined to the loop.
    static final class Station {
        private final EventLoop loop;
        private final LoopMeter meter;
        private final Shard shard;
        private final Cells cells;
        private final InputHolders input;
        private final Resets resets = new Resets();
        private final AtomicInteger exchanges = new AtomicInteger();
        private Sweep<RequestHandler> sweep;
        private long lastTickNanos;

        private Station(
                EventLoop loop,
                LoopMeter meter,
                Shard shard,
                Cells cells,
                InputHolders input,
                long periodNanos) {
            this.loop = loop;
            this.meter = meter;
            this.shard = shard;
            this.cells = cells;
            this.input = input;
            sweep = new Sweep<>(periodNanos);
        }

        /// Counts an exchange that begins (1) or ends (-1). Nobody else writes, so this is no
        /// atomic step.
        void exchanges(int change) {
            exchanges.lazySet(exchanges.getPlain() + change);
        }

        LoopMeter meter() {
            return meter;
        }

        Shard shard() {
            return shard;
        }

        Cells cells() {
            return cells;
        }

        InputHolders input() {
            return input;
        }

        Resets resets() {
            return resets;
        }

        Sweep<RequestHandler> sweep() {
            return sweep;
        }

        private void start(Faults faults) {
            lastTickNanos = System.nanoTime();
            loop.scheduleAtFixedRate(
                    faults.periodic(meter.as(Work.TIMERS, this::tick)),
                    TICK_MILLIS,
                    TICK_MILLIS,
                    TimeUnit.MILLISECONDS);
        }

        private void tick() {
            long now = System.nanoTime();
            sweep.tick(now - lastTickNanos, now);
            resets.tick(now - lastTickNanos, now);
            lastTickNanos = now;
        }

        private void period(long nanos) {
            Sweep<RequestHandler> moved = new Sweep<>(nanos);
            sweep.members().forEach(moved::add);
            sweep = moved;
        }
    }
}
