package io.spillgate.client.pool;

import io.netty.channel.EventLoop;
import io.spillgate.client.connect.Connector;
import io.spillgate.config.WebsocketConfig;
import io.spillgate.metrics.PoolReport;
import io.spillgate.net.PerLoop;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// The connections to one destination, and the requests that wait for them. Thread safe.
///
/// One short lock guards the [Ledger]; everything that touches a socket or a caller happens after
/// it, as a step that the ledger's state asked for. So what must be exact over all loops is exact.
public final class Pool extends Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Pool.class);

    private final PoolSettings settings;
    private final PerLoop<Sweeper> sweepers;
    private final ReentrantLock lock = new ReentrantLock();
    private final Ledger ledger;
    private final Sweeper home;
    private final Dialer dialer;
    private final Housekeeper housekeeper;

    /// Guarded by the lock.
    private boolean closed;

    /// @param unused called when nobody used the pool for the time that its settings give
    /// @throws IllegalArgumentException when a file of the TLS section cannot be used
    Pool(PoolSettings settings, PerLoop<Sweeper> sweepers, Connector connector, Runnable unused) {
        this.settings = settings;
        this.sweepers = sweepers;
        ledger = new Ledger(lock, settings, sweepers);
        home = sweepers.at(Math.floorMod(settings.name().hashCode(), sweepers.all().size()));
        dialer = new Dialer(this, ledger, home, connector);
        housekeeper = new Housekeeper(this, ledger, dialer, home, unused);
        housekeeper.start();
    }

    /// Sends a request as soon as there is a connection for it.
    ///
    /// @param loop one of the client's loops, on which this is called and the receiver hears
    /// @return the handle; the receiver hears nothing before this returns
    public Call send(EventLoop loop, PoolRequest request, Receiver receiver) {
        assert loop.inEventLoop();
        long now = home.nowNanos();
        Call call =
                new Call(
                        this,
                        sweepers.of(loop),
                        request,
                        receiver,
                        settings.pool().maxRetries(),
                        now);
        Attempt ready = null;
        Refusal refused;
        List<Runnable> steps = List.of();
        lock.lock();
        try {
            refused = entrance(now);
            if (refused == null) {
                ready = ledger.assignOrEnqueue(call, now);
                steps = allSteps(now);
                refused = overflow(call);
            }
        } finally {
            lock.unlock();
        }
        if (ready != null) {
            ready.connection().take(ready);
        } else if (refused != null) {
            call.tellFailed(refused.failure(name()));
        }
        steps.forEach(Runnable::run);
        call.submitted();
        return call;
    }

    /// The destination's name, or host:port.
    @Override
    public String name() {
        return settings.name();
    }

    /// The numbers of this moment.
    public PoolReport report() {
        return locked(() -> Report.of(settings, ledger, home.nowNanos()));
    }

    /// What holds for the tunnels of its upgraded requests.
    public WebsocketConfig websocket() {
        return settings.client().websocket();
    }

    @Override
    PoolSettings settings() {
        return settings;
    }

    Sweeper sweeper(EventLoop loop) {
        return sweepers.of(loop);
    }

    /// Keeps serving what waits and runs, and nothing idle; goes away when nothing is left.
    void retire() {
        locked(ledger::retire).forEach(PooledConnection::shutSoon);
    }

    /// Fails what waits, cuts what runs.
    void close() {
        List<Call> waiting =
                locked(() -> {
                    closed = true;
                    return ledger.takeAll();
                });
        waiting.forEach(call -> fail(call, PoolFailure.CLOSED, "the pool is closed"));
        locked(() -> List.copyOf(ledger.connections().open())).forEach(PooledConnection::shutSoon);
        housekeeper.stop();
        dialer.close();
    }

    @Override
    void cancel(Call call) {
        Attempt on = locked(() -> ledger.withdraw(call));
        if (on != null) {
            on.connection().soon(() -> on.connection().cancel(on));
        }
    }

    @Override
    void released(Attempt attempt) {
        Runnable step;
        long now = home.nowNanos();
        lock.lock();
        try {
            ledger.release(attempt, now);
            step = next(now);
        } finally {
            lock.unlock();
        }
        run(step);
    }

    @Override
    void answered(Attempt attempt, boolean well) {
        Endpoint endpoint = attempt.connection().endpoint();
        if (well) {
            locked(() -> endpoint.health().answered(attempt.sentNanos));
        } else if (locked(() -> endpoint.health().failed(false, home.nowNanos()))) {
            LOG.warn("address_ill destination={} address={}", name(), endpoint);
        }
    }

    @Override
    boolean becomesStream(Attempt attempt) {
        boolean becomes = locked(() -> ledger.becomesStream(attempt));
        if (becomes) {
            pump();
        }
        return becomes;
    }

    @Override
    void failed(Attempt attempt, Failure failure) {
        boolean late =
                failure.cause() == PoolFailure.TIMEOUT || failure.cause() == PoolFailure.IDLE;
        if (late && attempt.complete && !attempt.headTold) {
            answered(attempt, false);
        }
        locked(() -> ledger.release(attempt, home.nowNanos()));
        fail(attempt.call(), failure.cause(), failure.message());
        pump();
    }

    @Override
    void again(Attempt attempt, boolean counted, Failure otherwise) {
        Call call = attempt.call();
        boolean again = locked(() -> ledger.again(attempt, counted, home.nowNanos()) && !closed);
        if (!again) {
            locked(() -> ledger.withdraw(call));
            fail(call, otherwise.cause(), otherwise.message());
        }
        pump();
    }

    @Override
    void closed(PooledConnection connection) {
        locked(() -> ledger.closed(connection));
        pump();
    }

    @Override
    boolean retireIdle(PooledConnection connection) {
        return locked(() -> ledger.retireIdle(connection));
    }

    /// Tells a caller, and counts.
    void fail(Call call, PoolFailure cause, String why) {
        locked(() -> ledger.counters().failed(cause));
        call.tellFailed(new Failure(cause, name() + ": " + why));
    }

    void pump() {
        run(nextStep());
    }

    /// Whether it was closed. With the lock held.
    boolean isClosed() {
        assert isLocked();
        return closed;
    }

    @Override
    boolean isLocked() {
        return lock.isHeldByCurrentThread();
    }

    <T extends @Nullable Object> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    private void run(@Nullable Runnable first) {
        for (Runnable step = first; step != null; step = nextStep()) {
            step.run();
        }
    }

    /// Everything that can be done for those who wait, so that nobody is refused while there is
    /// room, and a look at an address that was left alone.
    private List<Runnable> allSteps(long now) {
        List<Runnable> steps = List.of();
        for (Runnable step = next(now); step != null; step = next(now)) {
            steps = steps.isEmpty() ? new ArrayList<>(1) : steps;
            steps.add(step);
        }
        Endpoint away = ledger.endpoints().chooseForTrial(now);
        if (away != null) {
            steps = new ArrayList<>(steps);
            steps.add(dialer.look(away));
        }
        return steps;
    }

    private @Nullable Runnable nextStep() {
        return locked(() -> next(home.nowNanos()));
    }

    private @Nullable Refusal entrance(long now) {
        if (closed) {
            return Refusal.of(ledger, PoolFailure.CLOSED, "closed");
        }
        return ledger.enter(now)
                ? null
                : Refusal.of(ledger, PoolFailure.OPEN_REQUESTS, "too many open");
    }

    private @Nullable Refusal overflow(Call call) {
        if (!ledger.isWaitingUnserved(call) || ledger.unserved() <= settings.queueSize()) {
            return null;
        }
        ledger.withdraw(call);
        return Refusal.of(ledger, PoolFailure.QUEUE_FULL, "full");
    }

    /// The next thing to do, mostly for those who wait; null when there is none. With the lock
    /// held.
    private @Nullable Runnable next(long now) {
        PooledConnection discarded = ledger.takeDiscarded();
        Lines lines = ledger.lines();
        if (discarded != null || lines.size() == 0) {
            return discarded == null ? null : discarded::shutSoon;
        }
        lines.settle(now);
        Runnable step = null;
        Line line = lines.next(Long.MIN_VALUE);
        while (step == null && line != null) {
            step = next(line, now);
            line = step == null ? lines.next(line.waiting().head().order) : null;
        }
        return step == null && !ledger.connections().willHaveRoom() ? makeRoom(now) : step;
    }

    /// The next thing to do for the first of a line; null when there is none.
    private @Nullable Runnable next(Line line, long now) {
        PooledConnection ready = ledger.readyForFirst(line, now);
        if (ready != null) {
            Attempt first = ledger.assignFirst(line, ready, now);
            return () -> ready.take(first);
        }
        Endpoint to = ledger.matching().chooseFor(line, now);
        if (to != null) {
            return dialer.dial(line, line.waiting().firstWithoutRace(), to);
        }
        if (line.at() == null && ledger.isHopeless(now)) {
            return giveUp(line.waiting().head());
        }
        return shut(ledger.matching().inTheWay(line, false, now));
    }

    /// Shuts a connection that is idle although somebody waits; null when there is none.
    private @Nullable Runnable makeRoom(long now) {
        Runnable step = null;
        Line line = ledger.lines().next(Long.MIN_VALUE);
        while (step == null && line != null) {
            step = shut(ledger.matching().inTheWay(line, true, now));
            line = ledger.lines().next(line.waiting().head().order);
        }
        return step;
    }

    private @Nullable Runnable shut(@Nullable PooledConnection spare) {
        return spare != null && ledger.retireIdle(spare) ? spare::shutSoon : null;
    }

    private Runnable giveUp(Call call) {
        ledger.withdraw(call);
        boolean unknown = ledger.endpoints().all().isEmpty();
        PoolFailure cause = unknown ? PoolFailure.RESOLVE : PoolFailure.BACKOFF;
        String why =
                unknown
                        ? dialer.unresolved()
                        : "every address failed a moment ago and is left alone";
        return () -> fail(call, cause, why);
    }

    /// Why a pool does not let a request in, and how full it was.
    private record Refusal(
            PoolFailure cause, String what, int connections, int running, int waiting) {
        /// Counts a refusal. With the pool's lock held.
        static Refusal of(Ledger ledger, PoolFailure cause, String what) {
            ledger.counters().failed(cause);
            return new Refusal(
                    cause,
                    what,
                    ledger.connections().size(),
                    ledger.running().size(),
                    ledger.unserved());
        }

        /// The same for people. It formats text: not with the lock held.
        Failure failure(String pool) {
            return new Failure(
                    cause,
                    "%s: %s: %d connections, %d in flight, %d waiting"
                            .formatted(pool, what, connections, running, waiting));
        }
    }
}
