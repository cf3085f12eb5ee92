package io.spillgate.client.pool;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.spillgate.client.connect.AddressBook;
import io.spillgate.client.connect.ConnectFailure;
import io.spillgate.client.connect.ConnectRace;
import io.spillgate.client.connect.Connector;
import io.spillgate.client.connect.NetworkWords;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Keeps the addresses of a pool up to date and opens connections to them. Any thread, but for what
/// says otherwise.
final class Dialer implements AddressBook.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Dialer.class);

    private final Pool pool;
    private final Ledger ledger;
    private final Sweeper home;
    private final Connector connector;
    private final AddressBook addresses;

    /// Guarded by the pool's lock: why there is no address.
    private String unresolved = "";

    /// @param home the loop of connections that no call asked for
    Dialer(Pool pool, Ledger ledger, Sweeper home, Connector connector) {
        this.pool = pool;
        this.ledger = ledger;
        this.home = home;
        this.connector = connector;
        addresses = connector.book(pool.settings().addresses(), this);
    }

    /// Opens nothing from now on.
    void close() {
        addresses.close();
        connector.close();
    }

    @Override
    public void addresses(List<InetSocketAddress> all) {
        pool.locked(() -> ledger.addresses(all, home.nowNanos()))
                .forEach(PooledConnection::shutSoon);
        pool.pump();
    }

    @Override
    public void unresolved(String message) {
        pool.locked(() -> unresolved = message);
        addresses(List.of());
    }

    /// Why there is no address. With the pool's lock held.
    String unresolved() {
        assert pool.isLocked();
        return unresolved;
    }

    /// Begins a race. With the pool's lock held.
    ///
    /// @param line for which the connection is
    /// @param owner the call that fails if the race fails; null when there is none
    /// @return the rest of the work, for when the lock is free
    Runnable dial(Line line, @Nullable Call owner, Endpoint to) {
        assert pool.isLocked();
        Race race = new Race(owner == null ? home : pool.sweeper(owner.loop()), line);
        ledger.races().begin(line, race.race, owner);
        return start(race, to);
    }

    /// Begins to look whether an address is back that was left alone; nobody waits for it. With the
    /// pool's lock held.
    ///
    /// @return the rest of the work, for when the lock is free
    Runnable look(Endpoint at) {
        assert pool.isLocked();
        return start(new Race(home, null), at);
    }

    private Runnable start(Race race, Endpoint first) {
        Opening opening = opening(first);
        return () -> race.sweeper.hereOrSoon(() -> race.race.start(opening));
    }

    private Opening opening(Endpoint to) {
        return new Opening(to, ledger.attempt(to, home.nowNanos()));
    }

    /// Opens a connection that no call asks for.
    ///
    /// @return whether one may be opened
    boolean warmUp() {
        Runnable step =
                pool.locked(() -> {
                    Endpoint to = ledger.endpoints().chooseForStock(home.nowNanos());
                    return to == null ? null : dial(ledger.lines().common(), null, to);
                });
        if (step != null) {
            step.run();
        }
        return step != null;
    }

    /// An attempt to connect to an address.
    ///
    /// @param attempt what tells the back-off of the address about the outcome
    private record Opening(Endpoint endpoint, long attempt) {}

    /// A race for one connection. Confined to the loop of the connection.
    private final class Race implements ConnectRace.Course<Opening> {
        private final Sweeper sweeper;
        private final @Nullable Line line;
        private final ConnectRace<Opening> race;
        private final List<Endpoint> tried = new ArrayList<>();
        private long firstAttempt;
        private @Nullable Failure worst;

        /// @param line for which it runs; null = to see whether an address is back
        Race(Sweeper sweeper, @Nullable Line line) {
            this.sweeper = sweeper;
            this.line = line;
            race = new ConnectRace<>(sweeper.loop(), this);
        }

        @Override
        public @Nullable Opening next() {
            Line of = line;
            if (of == null) {
                return null;
            }
            pool.locked(() -> ledger.races().lags(of, race));
            pool.pump();
            return pool.locked(() -> {
                Endpoint to = ledger.chooseForRace(of, tried, home.nowNanos());
                return to == null ? null : opening(to);
            });
        }

        @Override
        public Future<Channel> connect(Opening one) {
            assert sweeper.isHere();
            firstAttempt = tried.isEmpty() ? one.attempt : firstAttempt;
            tried.add(one.endpoint);
            return connector.connect(sweeper.loop(), one.endpoint.address());
        }

        @Override
        public void connected(Opening one, Channel channel, boolean first) {
            PooledConnection connection =
                    new PooledConnection(pool, one.endpoint, channel, sweeper);
            boolean back = pool.locked(one.endpoint.backoff()::isProbing);
            Attempt taken =
                    pool.locked(() -> {
                        if (first && line != null) {
                            ledger.races().over(line, race);
                        }
                        return ledger.connected(connection, home.nowNanos());
                    });
            if (back) {
                LOG.info("connected_again destination={} address={}", pool.name(), one.endpoint);
            }
            connection.run(connection::start);
            if (taken != null) {
                connection.take(taken);
            } else if (pool.locked(pool::isClosed)) {
                connection.shutSoon();
            }
            pool.pump();
            connection.lease().used();
        }

        @Override
        public void failed(Opening one, Throwable cause) {
            Failure failure = failure(cause);
            pool.locked(() -> fail(one, failure)).run();
            addresses.refresh();
            if (worst == null || failure.cause() == PoolFailure.CONNECT_TIMEOUT) {
                worst = failure;
            }
        }

        /// With the pool's lock held.
        ///
        /// @return logs it: as a warning the first time, as long as the address stays away
        private Runnable fail(Opening one, Failure failure) {
            long now = home.nowNanos();
            Level level = one.endpoint.backoff().isProbing() ? Level.DEBUG : Level.WARN;
            ledger.attemptFailed(one.endpoint, one.attempt, now);
            long pauseNanos = one.endpoint.backoff().remainingNanos(now);
            return () ->
                    LOG.atLevel(level)
                            .log(
                                    "connect_failed destination={} address={} cause={} pause_ms={}"
                                            + " reason=\"{}\"",
                                    pool.name(),
                                    one.endpoint,
                                    failure.cause(),
                                    TimeUnit.NANOSECONDS.toMillis(pauseNanos),
                                    failure.message());
        }

        @Override
        public void lost() {
            Line of = line;
            Call owner =
                    of == null
                            ? null
                            : pool.locked(() ->
                                    ledger.raceFailed(of, race, firstAttempt, home.nowNanos()));
            if (owner != null) {
                PoolFailure cause = worst == null ? PoolFailure.CONNECT_REFUSED : worst.cause();
                pool.fail(owner, cause, "no connection to any of its addresses");
            }
            pool.pump();
        }

        @Override
        public void guard(Runnable work, Consumer<Throwable> failed) {
            sweeper.run(() -> sweeper.guard(work, failed));
        }

        private static Failure failure(Throwable cause) {
            ConnectFailure.Reason reason =
                    cause instanceof ConnectFailure known
                            ? known.reason()
                            : ConnectFailure.Reason.REFUSED;
            PoolFailure counted =
                    switch (reason) {
                        case REFUSED -> PoolFailure.CONNECT_REFUSED;
                        case TIMED_OUT -> PoolFailure.CONNECT_TIMEOUT;
                        case TLS -> PoolFailure.TLS;
                        case PROXY -> PoolFailure.PROXY;
                    };
            String words =
                    cause instanceof ConnectFailure known
                            ? String.valueOf(known.getMessage())
                            : NetworkWords.of(PooledConnection.PEER, cause);
            return new Failure(counted, words);
        }
    }
}
