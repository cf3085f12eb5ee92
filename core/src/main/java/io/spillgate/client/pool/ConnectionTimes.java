package io.spillgate.client.pool;

import io.spillgate.config.Durations;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How long a connection may be idle, silent, busy and alive. All times by the clock of its loop.
final class ConnectionTimes {
    private static final double LIFETIME_SPREAD = 0.1;
    private static final Pattern TIMEOUT =
            Pattern.compile(
                    "(?:^|[,;\\s])timeout\\s*=\\s*\"?([0-9]{1,9})", Pattern.CASE_INSENSITIVE);

    private final PoolSettings settings;
    private final Sweeper sweeper;
    private final long openedNanos;
    private final long lifetimeNanos;
    private final long idleNanos;
    private final long cancelNanos;
    private final long takingNanos;
    private volatile long keepAliveNanos;

    /// Of the connection's loop.
    private long activeNanos;

    ConnectionTimes(PoolSettings settings, Sweeper sweeper) {
        this.settings = settings;
        this.sweeper = sweeper;
        openedNanos = sweeper.nowNanos();
        lifetimeNanos = spread(settings.pool().maxConnectionLifetime());
        keepAliveNanos = Durations.nanos(settings.pool().keepAliveTimeout());
        idleNanos = Durations.nanos(settings.client().idleTimeout());
        cancelNanos = Durations.nanos(settings.client().streamCancellationDelay());
        takingNanos = Durations.nanos(settings.pool().responseEntitySubscriptionTimeout());
    }

    /// Whether it has lived long enough. Any thread.
    boolean isExpired(long nowNanos) {
        return nowNanos - openedNanos >= lifetimeNanos;
    }

    /// Whether it may not take another request. Any thread.
    boolean isWornOut(long idleSinceNanos, long nowNanos) {
        long idle = nowNanos - idleSinceNanos;
        return idle >= keepAliveNanos || idle >= idleNanos || isExpired(nowNanos);
    }

    /// The server's header Keep-Alive can only shorten our own time: to a second less than it says,
    /// so that we are the first to close.
    void hint(@Nullable String keepAlive) {
        Matcher hint = keepAlive == null ? null : TIMEOUT.matcher(keepAlive);
        if (hint != null && hint.find()) {
            long nanos = TimeUnit.SECONDS.toNanos(Long.parseLong(hint.group(1)));
            long margin = Math.min(TimeUnit.SECONDS.toNanos(1), nanos / 2);
            keepAliveNanos = Math.min(keepAliveNanos, nanos - margin);
        }
    }

    /// Bytes came or went, or a request was begun.
    void touch() {
        activeNanos = sweeper.nowNanos();
    }

    /// Whether an answer takes too long: why; null when it does not.
    @Nullable Failure incomplete(long sentNanos, long nowNanos) {
        return nowNanos - sentNanos >= settings.requestNanos()
                ? late(
                        PoolFailure.TIMEOUT,
                        "no complete answer within max-request-timeout, ",
                        Duration.ofNanos(settings.requestNanos()))
                : null;
    }

    /// Whether an answer that is wanted makes no progress: why; null when it does.
    @Nullable Failure stuck(long nowNanos) {
        return nowNanos - activeNanos >= settings.silenceNanos()
                ? late(
                        PoolFailure.TIMEOUT,
                        "max-request-timeout is not set, and nothing came for ",
                        Duration.ofNanos(settings.silenceNanos()))
                : null;
    }

    /// Whether nothing came or went for too long: why; null when something did.
    @Nullable Failure silent(long nowNanos) {
        return nowNanos - activeNanos >= idleNanos
                ? late(
                        PoolFailure.IDLE,
                        "the connection was silent for ",
                        settings.client().idleTimeout())
                : null;
    }

    /// Whether nobody reads an answer for too long: why; null when it is not long.
    @Nullable Failure unread(long headNanos, long nowNanos) {
        return nowNanos - headNanos >= takingNanos
                ? late(
                        PoolFailure.NOT_READ,
                        "nobody began to read the answer within ",
                        settings.pool().responseEntitySubscriptionTimeout())
                : null;
    }

    private static Failure late(PoolFailure cause, String what, Duration limit) {
        return new Failure(cause, what + Durations.format(limit));
    }

    long cancelNanos() {
        return cancelNanos;
    }

    /// Bytes of one answer.
    long maxContent() {
        return settings.client().parsing().maxContentLength().bytes();
    }

    private static long spread(Duration lifetime) {
        if (Durations.isInfinite(lifetime)) {
            return Long.MAX_VALUE;
        }
        double factor =
                ThreadLocalRandom.current().nextDouble(1 - LIFETIME_SPREAD, 1 + LIFETIME_SPREAD);
        return (long) (lifetime.toNanos() * factor);
    }
}
