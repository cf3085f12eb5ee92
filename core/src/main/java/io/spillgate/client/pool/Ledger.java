package io.spillgate.client.pool;

import io.spillgate.client.connect.ConnectRace;
import io.spillgate.net.PerLoop;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// The bookkeeping of a pool: what there is, what waits, and who is next. It does no I/O. Guarded
/// by the pool's lock.
///
/// A request that finds no connection stands in one line, and whatever connection becomes free
/// first takes the first of the line: one that was opened, or one whose answer is complete. So a
/// race for a connection belongs to the pool; its owner is the call that fails if the race fails.
final class Ledger {
    private final PoolSettings settings;
    private final ReentrantLock lock;
    private final WaitQueue waiting;
    private final WaitQueue running;
    private final Endpoints endpoints;
    private final Connections connections;
    private final ArrayDeque<PooledConnection> discarded = new ArrayDeque<>();
    private final RetryBudget budget = new RetryBudget();
    private final PoolCounters counters = new PoolCounters();
    private final Races races = new Races();
    private boolean resolving = true;
    private boolean retired;

    /// @param lock the pool's
    /// @param loops of the client, with any values
    Ledger(ReentrantLock lock, PoolSettings settings, PerLoop<?> loops) {
        this.lock = lock;
        this.settings = settings;
        waiting = new WaitQueue(lock, Call.Place.WAITING);
        running = new WaitQueue(lock, Call.Place.RUNNING);
        connections = new Connections(settings);
        endpoints = new Endpoints(settings, connections, () -> new IdleList(loops, this::discard));
    }

    WaitQueue waiting() {
        return waiting;
    }

    WaitQueue running() {
        return running;
    }

    Endpoints endpoints() {
        assert lock.isHeldByCurrentThread();
        return endpoints;
    }

    Connections connections() {
        assert lock.isHeldByCurrentThread();
        return connections;
    }

    PoolCounters counters() {
        assert lock.isHeldByCurrentThread();
        return counters;
    }

    /// Requests that wait or run.
    int open() {
        return waiting.size() + running.size();
    }

    Races races() {
        assert lock.isHeldByCurrentThread();
        return races;
    }

    /// Counts a new request.
    ///
    /// @return whether it may come in
    boolean enter(long nowNanos) {
        counters.requests++;
        budget.request(nowNanos);
        return open() < settings.pool().maxOpenRequests();
    }

    /// An attempt, if the request need not wait; null when it stands at the end of the line.
    @Nullable Attempt assignOrEnqueue(Call call, long nowNanos) {
        PooledConnection ready = waiting.size() == 0 ? ready(call, 1, nowNanos) : null;
        if (ready == null) {
            waiting.addLast(call);
            return null;
        }
        return assign(call, ready, 0, nowNanos);
    }

    /// How many stand in line, not counting those for which connections are being opened.
    int unserved() {
        int promised =
                resolving
                        ? Math.min(
                                settings.connectionsPerAddress(), settings.pool().maxConnections())
                        : races.running();
        int alone = Math.min(waiting.unpipelined(), promised);
        long sharing = (long) (promised - alone) * settings.depth();
        long served = alone + Math.min(waiting.size() - waiting.unpipelined(), sharing);
        return (int) (waiting.size() - served);
    }

    /// Whether nothing that exists or may be opened now can ever serve the line.
    boolean isHopeless(long nowNanos) {
        return !resolving
                && races.running() == 0
                && connections.size() == 0
                && choose(List.of(), nowNanos) == null;
    }

    /// The connection for the first in line; null when there is none, or nobody waits.
    @Nullable PooledConnection readyForFirst(long nowNanos) {
        Call first = waiting.first();
        return first == null ? null : ready(first, waiting.size(), nowNanos);
    }

    /// Takes the first in line out and gives it a connection.
    Attempt assignFirst(PooledConnection to, long nowNanos) {
        Call first = waiting.head();
        waiting.remove(first);
        return assign(first, to, nowNanos - first.enqueuedNanos, nowNanos);
    }

    /// An address to which one more connection may be opened now; null when there is none.
    @Nullable Endpoint choose(List<Endpoint> except, long nowNanos) {
        assert lock.isHeldByCurrentThread();
        return endpoints.choose(except, nowNanos);
    }

    /// One to which a connection is to be opened for somebody in line; null when there is none.
    @Nullable Endpoint chooseForLine(long nowNanos) {
        return waiting.size() > races.running() ? choose(List.of(), nowNanos) : null;
    }

    /// One to which a race goes on; null when there is none, or nobody needs it any more.
    @Nullable Endpoint chooseForRace(List<Endpoint> tried, long nowNanos) {
        boolean needed = waiting.size() > 0 || !settings.balanced();
        return needed ? choose(tried, nowNanos) : null;
    }

    long attempt(Endpoint endpoint, long nowNanos) {
        connections.opening();
        return endpoint.attempt(nowNanos);
    }

    void attemptFailed(Endpoint endpoint, long attempt, long nowNanos) {
        assert lock.isHeldByCurrentThread();
        connections.failed();
        endpoints.failed(endpoint, attempt, nowNanos);
    }

    /// A connection was opened.
    ///
    /// @param race which is over by that; null when it was over before
    /// @return the attempt of the first in line on it; null when nobody waits, then it is idle
    @Nullable Attempt connected(
            @Nullable ConnectRace<?> race, PooledConnection connection, long nowNanos) {
        assert lock.isHeldByCurrentThread();
        if (race != null) {
            races.over(race);
        }
        connections.opened(connection);
        connection.endpoint().connected();
        becomeIdle(connection, nowNanos);
        boolean taken = waiting.size() > 0 && endpoints.removeIdle(connection);
        return taken ? assignFirst(connection, nowNanos) : null;
    }

    /// A race brought nothing; its owner leaves the line, unless a connection that is there can
    /// take it.
    ///
    /// @param firstAttempt tells a back-off of all addresses about the outcome
    /// @return the owner, if it waits for nothing any more
    @Nullable Call raceFailed(ConnectRace<?> race, long firstAttempt, long nowNanos) {
        endpoints.allFailed(firstAttempt, nowNanos);
        Call owner = races.over(race);
        if (owner == null || (mayShare(owner) && connections.leastBusy(nowNanos) != null)) {
            return null;
        }
        waiting.remove(owner);
        return owner;
    }

    /// Whether it stands in line and no connection is being opened for it.
    boolean isWaitingUnserved(Call call) {
        return call.place == Call.Place.WAITING && call.race == null;
    }

    /// Takes a call out of the line.
    ///
    /// @return its attempt, if it was not in the line any more
    @Nullable Attempt withdraw(Call call) {
        races.disown(call);
        return waiting.remove(call) ? null : call.attempt();
    }

    /// Empties the line.
    List<Call> takeAll() {
        List<Call> taken = new ArrayList<>();
        while (waiting.size() > 0) {
            taken.add(waiting.head());
            withdraw(waiting.head());
        }
        return taken;
    }

    /// Takes those out of the line who wait for too long and have no race.
    List<Call> takeLate(long longestNanos, long nowNanos) {
        List<Call> taken = new ArrayList<>();
        Call call = waiting.first();
        while (!resolving && call != null && nowNanos - call.enqueuedNanos >= longestNanos) {
            Call behind = call.behind;
            if (call.race == null) {
                withdraw(call);
                taken.add(call);
            }
            call = behind;
        }
        return taken;
    }

    /// A request is done with its connection, which may be given to another one if it can.
    void release(Attempt attempt, long nowNanos) {
        LeaseState lease = attempt.connection().lease();
        running.remove(attempt.call());
        if (!attempt.stream) {
            attempt.connection().endpoint().released();
        }
        attempt.call().attempt(null);
        lease.reserved--;
        if (lease.reserved == 0 && !lease.closing) {
            becomeIdle(attempt.connection(), nowNanos);
        }
    }

    /// Puts a request that lost its connection at the head of the line.
    ///
    /// @param counted whether this takes part in the budget; else it is the replay after a stale
    ///   connection
    /// @return whether it may be sent again
    boolean again(Attempt attempt, boolean counted, long nowNanos) {
        Call call = attempt.call();
        release(attempt, nowNanos);
        if (counted
                && (unserved() >= Math.max(1, settings.queueSize())
                        || !budget.tryRetry(nowNanos))) {
            return false;
        }
        if (counted) {
            counters.retries++;
        } else {
            counters.replays++;
        }
        call.needsFresh = !counted;
        call.enqueuedNanos = nowNanos;
        waiting.addFirst(call);
        return true;
    }

    /// Takes a connection that is to be shut without the lock; null when there is none.
    @Nullable PooledConnection takeDiscarded() {
        return discarded.poll();
    }

    /// A connection is closed, or about to be.
    void closed(PooledConnection connection) {
        assert lock.isHeldByCurrentThread();
        connection.lease().closing = true;
        if (connections.closed(connection)) {
            connection.endpoint().closed(connection.lease().stream);
            endpoints.removeIdle(connection);
        }
    }

    /// Takes an idle connection away from new requests.
    ///
    /// @return whether it was idle
    boolean retireIdle(PooledConnection connection) {
        assert lock.isHeldByCurrentThread();
        boolean taken = connection.lease().reserved == 0 && endpoints.removeIdle(connection);
        connection.lease().closing |= taken;
        return taken;
    }

    /// Takes over what the DNS says.
    ///
    /// @return the idle connections to addresses that are gone
    List<PooledConnection> addresses(List<InetSocketAddress> all) {
        resolving = false;
        endpoints.change(all);
        List<PooledConnection> gone =
                connections.open().stream()
                        .filter(one -> one.endpoint().isRetired() && retireIdle(one))
                        .toList();
        endpoints.forgetRetired();
        return gone;
    }

    /// Nothing idle is kept from now on; what waits is still served.
    ///
    /// @return those that were idle
    List<PooledConnection> retire() {
        retired = true;
        return connections.open().stream().filter(this::retireIdle).toList();
    }

    /// Whether somebody has a request or a stream.
    boolean isUsed() {
        return open() > 0 || connections.streams() > 0;
    }

    /// An answer is a stream: it leaves the limits of requests for its own.
    ///
    /// @return false when there are as many streams as may be
    boolean becomesStream(Attempt attempt) {
        attempt.stream = connections.becomesStream(attempt.connection());
        if (attempt.stream) {
            running.remove(attempt.call());
        }
        return attempt.stream;
    }

    /// Whether nothing is open, opened or asked.
    boolean isEmpty() {
        return !isUsed() && connections.size() == 0;
    }

    /// Whether there are fewer connections than are to be kept open.
    boolean isBelowMinimum() {
        int minimum = retired ? 0 : settings.pool().minConnections();
        return connections.size() < minimum;
    }

    boolean isRetired() {
        return retired;
    }

    private Attempt assign(Call call, PooledConnection to, long waitedNanos, long nowNanos) {
        to.lease().reserved++;
        to.lease().exclusive = !call.isPipelinable();
        endpoints.assigned(to.endpoint(), nowNanos);
        races.disown(call);
        call.needsFresh = false;
        Attempt attempt = new Attempt(call, to);
        call.attempt(attempt);
        running.addLast(call);
        counters.waits.add(waitedNanos);
        return attempt;
    }

    /// The connection that a call is to take now; null when there is none.
    ///
    /// A connection that is being opened is waited for while everybody in line has one: until an
    /// address fails, or takes long. So no request goes deeper into a connection, or to an address
    /// with more to do, because the better one takes a moment.
    ///
    /// @param line how many wait, with this one
    private @Nullable PooledConnection ready(Call call, int line, long nowNanos) {
        if (call.needsFresh) {
            return endpoints.takeFresh();
        }
        if (line <= races.prompt()) {
            return endpoints.takeInstead(call.loop(), nowNanos);
        }
        boolean opens = line > races.running();
        PooledConnection idle = endpoints.takeIdle(call.loop(), opens, nowNanos);
        if (idle != null
                || !mayShare(call)
                || (opens && endpoints.choose(List.of(), nowNanos) != null)) {
            return idle;
        }
        return connections.leastBusy(nowNanos);
    }

    private boolean mayShare(Call call) {
        return settings.depth() > 1 && call.isPipelinable() && !call.needsFresh;
    }

    private void becomeIdle(PooledConnection connection, long nowNanos) {
        assert connection.sweeper().isHere();
        connection.lease().idleSinceNanos = nowNanos;
        if (connection.endpoint().isRetired() || (retired && waiting.size() == 0)) {
            discard(connection);
        } else {
            endpoints.addIdle(connection);
        }
    }

    private void discard(PooledConnection connection) {
        connection.lease().closing = true;
        discarded.add(connection);
    }
}
