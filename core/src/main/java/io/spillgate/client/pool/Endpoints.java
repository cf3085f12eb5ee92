package io.spillgate.client.pool;

import io.netty.channel.EventLoop;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// The addresses of a pool, and which of them is next: that with the least to do, in turn among
/// equals. Guarded by the pool's lock, as [Ledger] asserts.
final class Endpoints {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PoolSettings settings;
    private final Connections connections;
    private final Function<Endpoint, IdleList> idleLists;
    private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    private final Backoff shared;
    private final List<Endpoint> all = new ArrayList<>();
    private final Map<Endpoint, IdleList> idle = new HashMap<>();
    private long turns;
    private boolean changed;

    /// @param idleLists makes the list of an address
    Endpoints(PoolSettings settings, Connections connections, Supplier<IdleList> idleLists) {
        this.settings = settings;
        this.connections = connections;
        this.idleLists = _ -> idleLists.get();
        shared = backoff();
    }

    List<Endpoint> all() {
        return all;
    }

    /// How many idle connections there are.
    int idle() {
        int sum = 0;
        for (Endpoint endpoint : all) {
            sum += idle(endpoint).size();
        }
        return sum;
    }

    void addIdle(PooledConnection connection) {
        idle(connection.endpoint()).add(connection);
    }

    /// Takes a connection away.
    ///
    /// @return whether it was idle
    boolean removeIdle(PooledConnection connection) {
        IdleList list = idle.get(connection.endpoint());
        return list != null && list.remove(connection);
    }

    /// One to which a connection may be opened now; null when there is none.
    @Nullable Endpoint choose(List<Endpoint> except, long nowNanos) {
        return next(one -> mayOpen(one, nowNanos) && !except.contains(one), nowNanos);
    }

    /// The one that a wish is for, among those that are ready; null when there is none.
    @Nullable Endpoint wanted(Wish wish, long nowNanos) {
        Endpoint best = null;
        long most = Wish.NOT_AT_ALL;
        for (Endpoint one : all) {
            long likes = wish.likes(one.id());
            if (likes > most && one.isReady(nowNanos)) {
                best = one;
                most = likes;
            }
        }
        return best;
    }

    /// Looks whether others are there or ready than at the last look.
    boolean look(long nowNanos) {
        boolean different = changed;
        changed = false;
        for (Endpoint one : all) {
            different |= one.look(nowNanos);
        }
        return different;
    }

    /// One to which a connection may be opened now, so that all have as many; null when there is
    /// none.
    @Nullable Endpoint chooseForStock(long nowNanos) {
        Endpoint best = null;
        for (Endpoint one : all) {
            if (mayOpen(one, nowNanos)
                    && one.backoff().isOpen(nowNanos)
                    && (best == null || one.connections() < best.connections())) {
                best = one;
            }
        }
        return best;
    }

    /// One that is left out because no connection came about, and to which one may be opened now,
    /// to see whether it is back; null when there is none.
    @Nullable Endpoint chooseForTrial(long nowNanos) {
        for (Endpoint one : all) {
            if (one.health().isOut(nowNanos)
                    && one.backoff().isProbing()
                    && mayOpen(one, nowNanos)
                    && hasChoice(nowNanos)) {
                return one;
            }
        }
        return null;
    }

    /// Takes an idle connection to the address that is next; null when there is none.
    ///
    /// @param opens whether an address may be next to which a connection would have to be opened
    @Nullable PooledConnection takeIdle(EventLoop loop, boolean opens, long nowNanos) {
        if (!settings.balanced()) {
            return takeAny(loop, nowNanos);
        }
        while (true) {
            Endpoint next =
                    next(
                            one -> idle(one).size() > 0 || (opens && mayOpen(one, nowNanos)),
                            nowNanos);
            if (next == null || idle(next).size() == 0) {
                return null;
            }
            PooledConnection taken = idle(next).take(loop, nowNanos);
            if (taken != null) {
                return taken;
            }
        }
    }

    /// Takes an idle connection to an address; null when there is none.
    @Nullable PooledConnection takeIdle(Endpoint at, EventLoop loop, long nowNanos) {
        return idle(at).take(loop, nowNanos);
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
            taken = one.isOpening() ? idle(one).take(loop, nowNanos) : null;
        }
        return taken;
    }

    /// Takes a connection that nobody has used and that never was idle.
    ///
    /// @param at to which address; null = to any
    @Nullable PooledConnection takeFresh(@Nullable Endpoint at) {
        if (at != null) {
            return idle(at).takeFresh();
        }
        PooledConnection taken = null;
        for (int i = 0; taken == null && i < all.size(); i++) {
            taken = idle(all.get(i)).takeFresh();
        }
        return taken;
    }

    /// An idle connection, which stays; null when there is none.
    ///
    /// @param at to which address; null = to any
    @Nullable PooledConnection anyIdle(@Nullable Endpoint at) {
        if (at != null) {
            return idle(at).any();
        }
        PooledConnection any = null;
        for (int i = 0; any == null && i < all.size(); i++) {
            any = idle(all.get(i)).any();
        }
        return any;
    }

    /// A connection to an address gets a request.
    void assigned(Endpoint to, long nowNanos) {
        to.assigned(++turns, nowNanos);
    }

    /// No connection to an address came of an attempt.
    void failed(Endpoint one, long attempt, long nowNanos) {
        one.failed(attempt, ++turns, nowNanos);
    }

    /// Takes over which addresses there are now; those that are gone are retired.
    void change(List<InetSocketAddress> now) {
        changed = true;
        Set<InetSocketAddress> missing = new HashSet<>(now);
        for (Endpoint endpoint : all) {
            if (!missing.remove(endpoint.address())) {
                endpoint.retire();
            }
        }
        all.removeIf(Endpoint::isRetired);
        for (InetSocketAddress address : now) {
            if (missing.remove(address)) {
                boolean alone = settings.balanced();
                Backoff backoff = alone ? backoff() : shared;
                Health health = new Health(settings.health());
                all.add(new Endpoint(address, backoff, alone, health));
            }
        }
    }

    /// Forgets those that are gone; nothing to them is idle any more.
    void forgetRetired() {
        idle.keySet().removeIf(Endpoint::isRetired);
    }

    /// A connection could be opened to none of them; where they back off together, they do now.
    void allFailed(long firstAttempt, long nowNanos) {
        if (!settings.balanced()) {
            shared.failed(firstAttempt, nowNanos);
        }
    }

    private IdleList idle(Endpoint of) {
        return idle.computeIfAbsent(of, idleLists);
    }

    /// Whether a connection to an address may be opened now, as far as that is concerned.
    boolean wouldOpen(Endpoint one, long nowNanos) {
        return one.mayOpen(settings.connectionsPerAddress(), nowNanos);
    }

    /// Whether a connection to an address may be opened now.
    boolean mayOpen(Endpoint one, long nowNanos) {
        return connections.hasRoom() && wouldOpen(one, nowNanos);
    }

    /// The next one that can be used; those that are left out only if no other one is well.
    private @Nullable Endpoint next(Predicate<Endpoint> usable, long nowNanos) {
        boolean choice = hasChoice(nowNanos);
        Endpoint best = null;
        for (Endpoint one : all) {
            boolean comes = !choice || !one.health().isOut(nowNanos);
            if (comes && (best == null || isBefore(one, best)) && usable.test(one)) {
                best = one;
            }
        }
        return best;
    }

    /// Whether one of them is well.
    private boolean hasChoice(long nowNanos) {
        for (Endpoint one : all) {
            if (one.isWell(nowNanos)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBefore(Endpoint one, Endpoint other) {
        int more = one.load() - other.load();
        return more < 0 || (more == 0 && one.turn() < other.turn());
    }

    private @Nullable PooledConnection takeAny(EventLoop loop, long nowNanos) {
        PooledConnection taken = null;
        for (int i = 0; taken == null && i < all.size(); i++) {
            taken = idle(all.get(i)).takeOwn(loop, nowNanos);
        }
        for (int i = 0; taken == null && i < all.size(); i++) {
            taken = idle(all.get(i)).take(loop, nowNanos);
        }
        return taken;
    }

    private Backoff backoff() {
        long baseNanos = settings.pool().baseConnectionBackoff().toNanos();
        return new Backoff(
                baseNanos,
                settings.pool().maxConnectionBackoff().toNanos(),
                settings.balanced() ? Math.max(PATIENCE_NANOS, baseNanos) : Long.MAX_VALUE,
                random);
    }
}
