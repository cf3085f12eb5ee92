package io.spillgate.client;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.spillgate.client.connect.ConnectFailure;
import io.spillgate.metrics.PoolFailure;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The opening of one connection: one address after the other, the next one at once after a failure
/// and beside the first after 250 ms without an outcome (RFC 8305 section 5).
///
/// An attempt that is overtaken goes on: it brings one more connection, or teaches the back-off.
/// Confined to the loop of the connection, but for what the pool's lock guards.
final class ConnectRace {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectRace.class);
    private static final long STAGGER_MILLIS = 250;

    private final Pool pool;
    private final Sweeper sweeper;
    private final List<Endpoint> tried = new ArrayList<>();
    private long firstAttempt;
    private int running;
    private boolean over;
    private @Nullable Failure worst;

    /// Guarded by the pool's lock: who fails if this fails; null when nobody, or when it has a
    /// connection already.
    private @Nullable Call owner;

    ConnectRace(Pool pool, Sweeper sweeper, @Nullable Call owner) {
        this.pool = pool;
        this.sweeper = sweeper;
        this.owner = owner;
    }

    @Nullable Call owner() {
        assert pool.isLocked();
        return owner;
    }

    void disown() {
        assert pool.isLocked();
        owner = null;
    }

    /// What tells a back-off of all addresses about the outcome.
    long firstAttempt() {
        assert sweeper.isHere();
        return firstAttempt;
    }

    List<Endpoint> tried() {
        assert sweeper.isHere();
        return tried;
    }

    /// Begins with an address that the pool has chosen and counted. Any thread.
    ///
    /// @param attempt what tells the address's back-off about the outcome
    void start(Endpoint first, long attempt) {
        sweeper.hereOrSoon(() -> guarded(() -> attempt(first, attempt)));
    }

    private void attempt(Endpoint endpoint, long attempt) {
        running++;
        firstAttempt = tried.isEmpty() ? attempt : firstAttempt;
        tried.add(endpoint);
        Future<Channel> connecting = pool.connect(sweeper.loop(), endpoint);
        connecting.addListener((Future<Channel> outcome) ->
                sweeper.run(() -> guarded(() -> done(endpoint, attempt, outcome))));
        if (running > 0 && !over) {
            sweeper.loop()
                    .schedule(() -> guarded(this::overtake), STAGGER_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /// What fails here would leave somebody waiting for a connection that nobody opens.
    private void guarded(Runnable work) {
        sweeper.guard(work, _ -> giveUp());
    }

    private void giveUp() {
        if (!over) {
            over = true;
            pool.raceFailed(this, worst);
        }
    }

    private void overtake() {
        if (!over && running > 0) {
            next();
        }
    }

    /// @return whether there is another address
    private boolean next() {
        return pool.attemptNext(this);
    }

    private void done(Endpoint endpoint, long attempt, Future<Channel> outcome) {
        running--;
        if (outcome.isSuccess()) {
            boolean wanted = !over;
            over = true;
            pool.connected(wanted ? this : null, endpoint, outcome.getNow());
            return;
        }
        Failure failure = failure(outcome.cause());
        long pauseNanos = pool.attemptFailed(endpoint, attempt);
        LOG.warn(
                "connect_failed destination={} address={} cause={} pause_ms={} reason=\"{}\"",
                pool.name(),
                endpoint,
                failure.cause(),
                TimeUnit.NANOSECONDS.toMillis(pauseNanos),
                failure.message());
        if (worst == null || failure.cause() == PoolFailure.CONNECT_TIMEOUT) {
            worst = failure;
        }
        if (!over && !next() && running == 0) {
            giveUp();
        }
    }

    private static Failure failure(Throwable cause) {
        PoolFailure reason =
                cause instanceof ConnectFailure known
                        ? known.reason()
                        : PoolFailure.CONNECT_REFUSED;
        return new Failure(reason, String.valueOf(cause.getMessage()));
    }
}
