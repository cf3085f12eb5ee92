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
    private final Lines lines;
    private final WaitQueue running;
    private final Endpoints endpoints;
    private final Connections connections;
    private final Matching matching;
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
        running = new WaitQueue(lock, Call.Place.RUNNING);
        connections = new Connections(settings);
        endpoints = new Endpoints(settings, connections, () -> new IdleList(loops, this::discard));
        lines = new Lines(lock, endpoints, races);
        matching = new Matching(settings, endpoints, connections);
    }

    /// Those who wait for a connection.
    Lines lines() {
        return lines;
    }

    Matching matching() {
        assert lock.isHeldByCurrentThread();
        return matching;
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
        return lines.size() + running.size();
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
        Line line = lines.choose(call, nowNanos);
        PooledConnection ready = lines.size() == 0 ? matching.ready(line, call, 1, nowNanos) : null;
        if (ready == null) {
            lines.addLast(call);
            return null;
        }
        return assign(call, ready, 0, nowNanos);
    }

    /// How many stand in line, not counting those for which connections are being opened.
    int unserved() {
        if (resolving) {
            int most = Math.min(settings.connectionsPerAddress(), settings.pool().maxConnections());
            return lines.common().unserved(most, settings.depth());
        }
        return lines.unserved(settings.depth());
    }

    /// Whether nothing that exists or may be opened now can ever serve the line.
    boolean isHopeless(long nowNanos) {
        return !resolving
                && races.running() == 0
                && connections.size() == 0
                && endpoints.choose(List.of(), nowNanos) == null;
    }

    /// The connection for the first in line; null when there is none.
    @Nullable PooledConnection readyForFirst(Line line, long nowNanos) {
        WaitQueue waiting = line.waiting();
        return matching.ready(line, waiting.head(), waiting.size(), nowNanos);
    }

    /// Takes the first in line out and gives it a connection.
    Attempt assignFirst(Line line, PooledConnection to, long nowNanos) {
        Call first = line.waiting().head();
        lines.remove(first);
        return assign(first, to, nowNanos - first.enqueuedNanos, nowNanos);
    }

    /// An address to which a race goes on; null when there is none, or nobody needs it any more.
    @Nullable Endpoint chooseForRace(Line line, List<Endpoint> tried, long nowNanos) {
        assert lock.isHeldByCurrentThread();
        boolean needed = line.waiting().size() > 0 || !settings.balanced();
        return needed && line.at() == null ? endpoints.choose(tried, nowNanos) : null;
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
    /// @return the attempt of the first in line on it; null when nobody waits, then it is idle
    @Nullable Attempt connected(PooledConnection connection, long nowNanos) {
        assert lock.isHeldByCurrentThread();
        connections.opened(connection);
        connection.endpoint().connected();
        becomeIdle(connection, nowNanos);
        lines.settle(nowNanos);
        Line taker = lines.taker(connection.endpoint());
        return taker != null && endpoints.removeIdle(connection)
                ? assignFirst(taker, connection, nowNanos)
                : null;
    }

    /// A race brought nothing; its owner leaves the line, unless a connection that is there can
    /// take it, or it had a wish and may go to another address.
    ///
    /// @param line for which it ran
    /// @param firstAttempt tells a back-off of all addresses about the outcome
    /// @return the owner, if it waits for nothing any more
    @Nullable Call raceFailed(Line line, ConnectRace<?> race, long firstAttempt, long nowNanos) {
        endpoints.allFailed(firstAttempt, nowNanos);
        Call owner = races.over(line, race);
        if (owner == null || mayStay(owner, line, nowNanos)) {
            return null;
        }
        lines.remove(owner);
        return owner;
    }

    private boolean mayStay(Call owner, Line line, long nowNanos) {
        if (line.at() == null) {
            return matching.mayShare(owner) && connections.leastBusy(null, nowNanos) != null;
        }
        lines.settle(nowNanos);
        if (line.at().equals(owner.wanted)) {
            lines.forgetWish(owner);
        }
        return !isHopeless(nowNanos);
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
        return lines.remove(call) ? null : call.attempt();
    }

    /// Empties the lines.
    List<Call> takeAll() {
        List<Call> taken = new ArrayList<>();
        lines.forEach(line -> line.waiting().copyTo(taken, _ -> true));
        taken.forEach(this::withdraw);
        return taken;
    }

    /// Takes those out of the lines who wait for too long and have no race.
    List<Call> takeLate(long longestNanos, long nowNanos) {
        List<Call> late = new ArrayList<>();
        if (!resolving && lines.size() > 0) {
            lines.forEach(line ->
                    line.waiting()
                            .copyTo(late, one -> nowNanos - one.enqueuedNanos >= longestNanos));
        }
        late.removeIf(one -> one.race != null);
        late.forEach(this::withdraw);
        return late;
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
        lines.choose(call, nowNanos);
        lines.addFirst(call);
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
        if (taken) {
            connection.lease().closing = true;
            connections.leaves(connection);
        }
        return taken;
    }

    /// Takes over what the DNS says.
    ///
    /// @return the idle connections to addresses that are gone
    List<PooledConnection> addresses(List<InetSocketAddress> all, long nowNanos) {
        resolving = false;
        endpoints.change(all);
        lines.settle(nowNanos);
        lines.forgetRetired();
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

    private void becomeIdle(PooledConnection connection, long nowNanos) {
        assert connection.sweeper().isHere();
        connection.lease().idleSinceNanos = nowNanos;
        if (connection.endpoint().isRetired()
                || (retired && lines.taker(connection.endpoint()) == null)) {
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
