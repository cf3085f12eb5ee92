package io.spillgate.listener;

import io.netty.channel.EventLoop;
import io.spillgate.hub.Hub;
import io.spillgate.hub.Shard;
import io.spillgate.lifecycle.Lifecycle;
import io.spillgate.limits.ConnectionLimit;
import io.spillgate.metrics.Cells;
import io.spillgate.metrics.Metrics;
import io.spillgate.net.Loops;
import io.spillgate.net.Sweep;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What all connections of a listener share.
final class Site {
    private static final long TICK_MILLIS = 25;

    private final boolean admin;
    private final Hub hub;
    private final Lifecycle lifecycle;
    private final Operations operations;
    private final ConnectionLimit connections;
    private final Lingering lingering;
    private final Map<EventLoop, Station> stations = new IdentityHashMap<>();
    private volatile Settings settings;

    Site(
            boolean admin,
            Loops loops,
            Hub hub,
            Metrics metrics,
            Lifecycle lifecycle,
            Operations operations,
            ConnectionLimit connections,
            Lingering lingering,
            Settings settings) {
        this.admin = admin;
        this.hub = hub;
        this.lifecycle = lifecycle;
        this.operations = operations;
        this.connections = connections;
        this.lingering = lingering;
        this.settings = settings;
        for (EventLoop loop : loops.all()) {
            int number = stations.size();
            stations.put(loop, new Station(loop, hub.shard(number), metrics.cells(number), period()));
        }
        stations.values().forEach(Station::start);
    }

    /// Whether this is the operators' listener.
    boolean isAdmin() {
        return admin;
    }

    Hub hub() {
        return hub;
    }

    Lifecycle lifecycle() {
        return lifecycle;
    }

    Operations operations() {
        return operations;
    }

    ConnectionLimit connections() {
        return connections;
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
        stations.values().forEach(station -> station.loop.execute(() -> station.period(period)));
    }

    Station station(EventLoop loop) {
        Station station = stations.get(loop);
        if (station == null) {
            throw new IllegalArgumentException("not one of the gateway's loops");
        }
        return station;
    }

    /// Closes the connections on which no request is under way.
    void closeIdle() {
        for (Station station : stations.values()) {
            station.loop.execute(() -> station.sweep.members().forEach(RequestHandler::closeIfIdle));
        }
    }

    private long period() {
        return settings.times().visitPeriodNanos(settings.intake().blockNanos());
    }

    /// What the connections of one listener on one loop share. Confined to the loop.
    static final class Station {
        private final EventLoop loop;
        private final Shard shard;
        private final Cells cells;
        private Sweep<RequestHandler> sweep;
        private long lastTickNanos;

        private Station(EventLoop loop, Shard shard, Cells cells, long periodNanos) {
            this.loop = loop;
            this.shard = shard;
            this.cells = cells;
            sweep = new Sweep<>(periodNanos);
        }

        Shard shard() {
            return shard;
        }

        Cells cells() {
            return cells;
        }

        Sweep<RequestHandler> sweep() {
            return sweep;
        }

        private void start() {
            lastTickNanos = System.nanoTime();
            loop.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }

        private void tick() {
            long now = System.nanoTime();
            sweep.tick(now - lastTickNanos, now);
            lastTickNanos = now;
        }

        private void period(long nanos) {
            Sweep<RequestHandler> moved = new Sweep<>(nanos);
            sweep.members().forEach(moved::add);
            sweep = moved;
        }
    }
}
