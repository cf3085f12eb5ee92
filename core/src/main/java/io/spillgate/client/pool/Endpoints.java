package io.spillgate.client.pool;

import io.netty.channel.EventLoop;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// The addresses of a pool, and which of them is next: that with the least to do, in turn among
/// equals. Guarded by the pool's lock, as [Ledger] asserts.
final class Endpoints {
    private final PoolSettings settings;
    private final Supplier<IdleList> idleLists;
    private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    private final Backoff shared;
    private final List<Endpoint> all = new ArrayList<>();
    private long turns;

    /// @param idleLists makes the list of an address
    Endpoints(PoolSettings settings, Supplier<IdleList> idleLists) {
        this.settings = settings;
        this.idleLists = idleLists;
        shared = backoff();
    }

    List<Endpoint> all() {
        return all;
    }

    /// Idle connections to any of them.
    int idle() {
        int idle = 0;
        for (Endpoint endpoint : all) {
            idle += endpoint.idle().size();
        }
        return idle;
    }

    /// One to which a connection may be opened now; null when there is none.
    @Nullable Endpoint choose(List<Endpoint> except, long nowNanos) {
        return next(one -> mayOpen(one, nowNanos) && !except.contains(one));
    }

    /// One to which a connection may be opened now, so that all have as many; null when there is
    /// none.
    @Nullable Endpoint chooseForStock(long nowNanos) {
        Endpoint best = null;
        for (Endpoint one : all) {
            if (mayOpen(one, nowNanos)
                    && (best == null || one.connections() < best.connections())) {
                best = one;
            }
        }
        return best;
    }

    /// Takes an idle connection to the address that is next; null when there is none.
    ///
    /// @param opens whether an address may be next to which a connection would have to be opened
    @Nullable PooledConnection takeIdle(EventLoop loop, boolean opens, long nowNanos) {
        if (!settings.balanced()) {
            return takeAny(loop, nowNanos);
        }
        while (true) {
            Endpoint next = next(one -> one.idle().size() > 0 || (opens && mayOpen(one, nowNanos)));
            if (next == null || next.idle().size() == 0) {
                return null;
            }
            PooledConnection taken = next.idle().take(loop, nowNanos);
            if (taken != null) {
                return taken;
            }
        }
    }

    /// Takes an idle connection for a call for which another one is being opened: to the same
    /// address, where that matters.
    @Nullable PooledConnection takeInstead(EventLoop loop, long nowNanos) {
        if (!settings.balanced()) {
            return takeAny(loop, nowNanos);
        }
        PooledConnection taken = null;
        for (int i = 0; taken == null && i < all.size(); i++) {
            Endpoint one = all.get(i);
            taken = one.isOpening() ? one.idle().take(loop, nowNanos) : null;
        }
        return taken;
    }

    /// Takes a connection that nobody has used and that never was idle.
    @Nullable PooledConnection takeFresh() {
        PooledConnection taken = null;
        for (int i = 0; taken == null && i < all.size(); i++) {
            taken = all.get(i).idle().takeFresh();
        }
        return taken;
    }

    /// An idle connection, which stays; null when there is none.
    @Nullable PooledConnection anyIdle() {
        PooledConnection any = null;
        for (int i = 0; any == null && i < all.size(); i++) {
            any = all.get(i).idle().any();
        }
        return any;
    }

    /// A connection to an address gets a request.
    void assigned(Endpoint to) {
        to.assigned(++turns);
    }

    /// No connection to an address came of an attempt.
    void failed(Endpoint one, long attempt, long nowNanos) {
        one.failed(attempt, ++turns, nowNanos);
    }

    /// Takes over which addresses there are now; those that are gone are retired.
    void change(List<InetSocketAddress> now) {
        Set<InetSocketAddress> missing = new HashSet<>(now);
        for (Endpoint endpoint : all) {
            if (!missing.remove(endpoint.address())) {
                endpoint.retire();
            }
        }
        all.removeIf(Endpoint::isRetired);
        for (InetSocketAddress address : now) {
            if (missing.remove(address)) {
                Backoff own = settings.balanced() ? backoff() : shared;
                all.add(new Endpoint(address, own, settings.balanced(), idleLists.get()));
            }
        }
    }

    /// A connection could be opened to none of them; where they back off together, they do now.
    void allFailed(long firstAttempt, long nowNanos) {
        if (!settings.balanced()) {
            shared.failed(firstAttempt, nowNanos);
        }
    }

    private boolean mayOpen(Endpoint one, long nowNanos) {
        return one.mayOpen(settings.connectionsPerAddress(), nowNanos);
    }

    private @Nullable Endpoint next(Predicate<Endpoint> usable) {
        Endpoint best = null;
        for (Endpoint one : all) {
            if ((best == null || isBefore(one, best)) && usable.test(one)) {
                best = one;
            }
        }
        return best;
    }

    private static boolean isBefore(Endpoint one, Endpoint other) {
        int more = one.load() - other.load();
        return more < 0 || (more == 0 && one.turn() < other.turn());
    }

    private @Nullable PooledConnection takeAny(EventLoop loop, long nowNanos) {
        PooledConnection taken = null;
        for (int i = 0; taken == null && i < all.size(); i++) {
            taken = all.get(i).idle().takeOwn(loop, nowNanos);
        }
        for (int i = 0; taken == null && i < all.size(); i++) {
            taken = all.get(i).idle().take(loop, nowNanos);
        }
        return taken;
    }

    private Backoff backoff() {
        return new Backoff(
                settings.pool().baseConnectionBackoff().toNanos(),
                settings.pool().maxConnectionBackoff().toNanos(),
                random);
    }
}
