package io.spillgate.client;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.spillgate.client.connect.AddressBook;
import io.spillgate.client.connect.Connector;
import io.spillgate.client.connect.Resolver;
import io.spillgate.config.Durations;
import io.spillgate.metrics.PoolFailure;
import io.spillgate.metrics.PoolReport;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// The connections to one destination, and the requests that wait for them. Thread safe.
///
/// One short lock guards the [Ledger]; everything that touches a socket or a caller happens after
/// it, as a step that the ledger's state asked for. So what must be exact over all loops is exact.
public final class Pool {
    private static final Logger LOG = LoggerFactory.getLogger(Pool.class);
    private static final long TICK_MILLIS = 25;
    private static final long AFTERLIFE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final PoolSettings settings;
    private final List<Patrol> patrols;
    private final Runnable unused;
    private final Connector connector;
    private final RequestEncoder encoder;
    private final ReentrantLock lock = new ReentrantLock();
    private final Ledger ledger;
    private final EventLoop home;
    private final AddressBook addresses;
    private final Future<?> ticking;

    // Guarded by the lock.
    private String unresolved = "";
    private boolean closed;
    private long usedNanos = System.nanoTime();

    /// @param patrols one for each loop
    /// @param unused called when nobody used the pool for the time that its settings give
    /// @throws IllegalArgumentException when a file of the TLS section cannot be used
    Pool(
            PoolSettings settings,
            List<Patrol> patrols,
            Connector connector,
            Resolver resolver,
            Runnable unused) {
        this.settings = settings;
        this.patrols = patrols;
        this.unused = unused;
        this.connector = connector;
        encoder =
                new RequestEncoder(
                        settings.client().userAgentHeader(),
                        (int) settings.client().requestHeaderSizeHint().bytes());
        ledger = new Ledger(settings, patrols.stream().map(Patrol::loop).toList());
        home = patrols.get(Math.floorMod(settings.name().hashCode(), patrols.size())).loop();
        addresses = new AddressBook(settings.addresses(), resolver, new Addresses());
        ticking =
                home.scheduleAtFixedRate(
                        this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /// Sends a request as soon as there is a connection for it.
    ///
    /// @param loop one of the client's loops, on which this is called and the receiver hears
    /// @return the handle; the receiver hears nothing before this returns
    public Call send(EventLoop loop, Request request, Receiver receiver) {
        Call call = new Call(this, loop, request, receiver, settings.pool().maxRetries());
        long now = System.nanoTime();
        PooledConnection ready = null;
        Failure refused;
        Runnable step = null;
        lock.lock();
        try {
            refused = entrance(now);
            if (refused == null) {
                ready = ledger.assignAtOnce(call, now);
            }
            if (refused == null && ready == null) {
                ledger.enqueue(call, now);
                step = next(now);
                refused = overflow(call);
            }
        } finally {
            lock.unlock();
        }
        if (ready != null) {
            ready.take(call);
        } else if (refused != null) {
            call.tellFailed(refused);
        }
        run(step);
        call.submitted();
        return call;
    }

    /// The destination's name, or host:port.
    public String name() {
        return settings.name();
    }

    /// The numbers of this moment.
    public PoolReport report() {
        lock.lock();
        try {
            return Report.of(settings, ledger, System.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    PoolSettings settings() {
        return settings;
    }

    RequestEncoder encoder() {
        return encoder;
    }

    /// Keeps serving what waits and runs, and nothing idle; goes away when nothing is left.
    void retire() {
        List<PooledConnection> idle = new ArrayList<>();
        lock.lock();
        try {
            ledger.retire();
            for (PooledConnection connection : ledger.connections()) {
                if (ledger.retireIdle(connection)) {
                    idle.add(connection);
                }
            }
        } finally {
            lock.unlock();
        }
        idle.forEach(PooledConnection::shutSoon);
    }

    /// Fails what waits, cuts what runs.
    void close() {
        List<Call> failed = new ArrayList<>();
        List<PooledConnection> open;
        lock.lock();
        try {
            closed = true;
            open = List.copyOf(ledger.connections());
            for (Call call = ledger.waiting().first(); call != null; ) {
                ledger.waiting().remove(call);
                failed.add(call);
                call = ledger.waiting().first();
            }
        } finally {
            lock.unlock();
        }
        failed.forEach(call -> fail(call, PoolFailure.CLOSED, "the pool is closed"));
        open.forEach(PooledConnection::shutSoon);
        ticking.cancel(false);
        addresses.close();
    }

    /// Takes a call back.
    void cancel(Call call) {
        PooledConnection on;
        lock.lock();
        try {
            on = ledger.waiting().remove(call) ? null : call.connection();
            if (call.dial != null) {
                call.dial.disown();
                call.dial = null;
            }
        } finally {
            lock.unlock();
        }
        if (on != null) {
            on.cancelSoon(call);
        }
    }

    /// A call is over, its connection may have another one.
    void released(PooledConnection connection, Call call) {
        Runnable step;
        long now = System.nanoTime();
        lock.lock();
        try {
            ledger.release(connection, call, now);
            step = next(now);
        } finally {
            lock.unlock();
        }
        run(step);
    }

    /// A call failed.
    void failed(PooledConnection connection, Call call, Failure failure) {
        lock.lock();
        try {
            ledger.release(connection, call, System.nanoTime());
        } finally {
            lock.unlock();
        }
        fail(call, failure.cause(), failure.message());
        pump();
    }

    /// A call lost its connection and may be sent again; if the budget or the queue says no, it
    /// fails.
    void again(
            PooledConnection connection,
            Call call,
            RetryRule.Decision decision,
            Failure otherwise) {
        boolean again;
        lock.lock();
        try {
            boolean counted = decision == RetryRule.Decision.RETRY;
            again = !closed && ledger.again(connection, call, counted, System.nanoTime());
        } finally {
            lock.unlock();
        }
        if (!again) {
            fail(call, otherwise.cause(), otherwise.message());
        }
        pump();
    }

    /// A connection is closed.
    void closed(PooledConnection connection) {
        lock.lock();
        try {
            ledger.closed(connection);
        } finally {
            lock.unlock();
        }
        pump();
    }

    /// @return whether the connection was idle, and nobody gets it any more
    boolean retireIdle(PooledConnection connection) {
        lock.lock();
        try {
            return ledger.retireIdle(connection);
        } finally {
            lock.unlock();
        }
    }

    Future<Channel> connect(EventLoop loop, Endpoint endpoint) {
        return connector.connect(loop, endpoint.address());
    }

    /// A dial goes on to another address.
    ///
    /// @return whether there is one
    boolean attemptNext(Dial dial) {
        Endpoint to;
        long attempt;
        lock.lock();
        try {
            to = ledger.choose(dial.tried(), System.nanoTime());
            if (to == null) {
                return false;
            }
            attempt = ledger.attempt(to);
        } finally {
            lock.unlock();
        }
        dial.start(to, attempt);
        return true;
    }

    /// A connection was opened.
    ///
    /// @param dial which is over by that; null when it was over before
    void connected(@Nullable Dial dial, Endpoint endpoint, Channel channel) {
        Patrol patrol = patrol(channel.eventLoop());
        PooledConnection connection = new PooledConnection(this, endpoint, channel, patrol);
        boolean late;
        lock.lock();
        try {
            late = closed;
            if (dial != null) {
                ledger.dialOver(dial);
            }
            ledger.connected(connection, System.nanoTime());
        } finally {
            lock.unlock();
        }
        connection.start();
        if (late) {
            connection.shutSoon();
        }
        pump();
        connection.fresh = false;
    }

    void attemptFailed(Endpoint endpoint, long attempt, Failure failure) {
        long pauseNanos;
        lock.lock();
        try {
            long now = System.nanoTime();
            ledger.attemptFailed(endpoint, attempt, now);
            pauseNanos = endpoint.backoff().remainingNanos(now);
        } finally {
            lock.unlock();
        }
        LOG.warn(
                "connect_failed destination={} address={} cause={} pause_ms={} reason=\"{}\"",
                name(),
                endpoint,
                failure.cause(),
                TimeUnit.NANOSECONDS.toMillis(pauseNanos),
                failure.message());
        addresses.refresh();
    }

    /// No address can be connected to.
    void dialFailed(Dial dial, @Nullable Failure worst) {
        Call owner;
        lock.lock();
        try {
            owner = ledger.dialOver(dial);
            if (owner != null) {
                ledger.waiting().remove(owner);
            }
        } finally {
            lock.unlock();
        }
        if (owner != null) {
            PoolFailure cause = worst == null ? PoolFailure.CONNECT_REFUSED : worst.cause();
            fail(owner, cause, "no connection to any of its addresses");
        }
        pump();
    }

    /// Tells a caller, and counts.
    private void fail(Call call, PoolFailure cause, String why) {
        lock.lock();
        try {
            ledger.failed(cause);
        } finally {
            lock.unlock();
        }
        call.tellFailed(new Failure(cause, name() + ": " + why));
    }

    /// Does all that can be done for those who wait.
    private void pump() {
        run(nextStep());
    }

    private void run(@Nullable Runnable first) {
        for (Runnable step = first; step != null; step = nextStep()) {
            step.run();
        }
    }

    private @Nullable Runnable nextStep() {
        lock.lock();
        try {
            return next(System.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Failure entrance(long now) {
        if (closed) {
            return refusal(PoolFailure.CLOSED, "closed");
        }
        boolean enters = ledger.enter(now);
        usedNanos = now;
        return enters
                ? null
                : refusal(PoolFailure.OPEN_REQUESTS, "as many requests are open as may");
    }

    private @Nullable Failure overflow(Call call) {
        boolean waits = call.line == ledger.waiting() && call.dial == null;
        if (!waits || ledger.unserved() <= settings.queueSize()) {
            return null;
        }
        ledger.waiting().remove(call);
        return refusal(PoolFailure.QUEUE_FULL, "full");
    }

    private Failure refusal(PoolFailure cause, String what) {
        ledger.failed(cause);
        return new Failure(
                cause,
                "%s: %s: %d connections, %d in flight, %d waiting"
                        .formatted(
                                name(),
                                what,
                                ledger.connections().size() + ledger.connecting(),
                                ledger.running().size(),
                                ledger.waiting().size()));
    }

    /// The next thing to do for those who wait; null when there is none. With the lock held.
    private @Nullable Runnable next(long now) {
        if (ledger.waiting().size() == 0) {
            return null;
        }
        PooledConnection ready = ledger.readyForFirst(now);
        if (ready != null) {
            Call first = ledger.assignFirst(ready, now);
            return () -> ready.take(first);
        }
        Endpoint to = ledger.unserved() > 0 ? ledger.choose(List.of(), now) : null;
        if (to != null) {
            return dial(ledger.firstWithoutDial(), to);
        }
        if (ledger.isHopeless(now)) {
            return giveUp(ledger.first());
        }
        PooledConnection idle = ledger.first().needsFresh ? ledger.anyIdle() : null;
        return idle != null && ledger.retireIdle(idle) ? idle::shutSoon : null;
    }

    private Runnable giveUp(Call call) {
        ledger.waiting().remove(call);
        return ledger.endpoints().isEmpty()
                ? () -> fail(call, PoolFailure.RESOLVE, unresolved)
                : () ->
                        fail(
                                call,
                                PoolFailure.BACKOFF,
                                "every address failed a moment ago and is left alone for now");
    }

    private Runnable dial(@Nullable Call owner, Endpoint to) {
        Dial dial = new Dial(this, owner == null ? home : owner.loop(), owner);
        ledger.dial(dial, owner);
        long attempt = ledger.attempt(to);
        return () -> dial.start(to, attempt);
    }

    private void tick() {
        long now = System.nanoTime();
        List<Call> late = new ArrayList<>();
        Runnable warm = null;
        boolean leave;
        boolean over;
        lock.lock();
        try {
            collectLate(now, late);
            warm = warm(now);
            leave = isUnused(now);
            over = isOver(now);
        } finally {
            lock.unlock();
        }
        late.forEach(call ->
                fail(
                        call,
                        PoolFailure.QUEUE_TIMEOUT,
                        "no connection became free within "
                                + Durations.format(settings.pool().queueTimeout())));
        run(warm);
        pump();
        if (leave) {
            unused.run();
            retire();
        }
        if (over) {
            close();
        }
    }

    private void collectLate(long now, List<Call> late) {
        long longest = Durations.nanos(settings.pool().queueTimeout());
        Call call = ledger.waiting().first();
        while (call != null && now - call.enqueuedNanos >= longest) {
            Call behind = call.behind;
            if (call.dial == null && !ledger.isResolving()) {
                ledger.waiting().remove(call);
                late.add(call);
            }
            call = behind;
        }
    }

    private @Nullable Runnable warm(long now) {
        int wanted = ledger.isRetired() ? 0 : settings.pool().minConnections();
        Endpoint to =
                ledger.connections().size() + ledger.connecting() < wanted
                        ? ledger.choose(List.of(), now)
                        : null;
        return to == null ? null : dial(null, to);
    }

    private boolean isUnused(long now) {
        usedNanos = ledger.open() > 0 ? now : usedNanos;
        return !ledger.isRetired()
                && settings.pool().minConnections() == 0
                && now - usedNanos >= settings.unusedNanos();
    }

    /// Whether nobody can have kept hold of the pool until now.
    private boolean isOver(long now) {
        return ledger.isRetired()
                && now - usedNanos >= AFTERLIFE_NANOS
                && ledger.open() == 0
                && ledger.connections().isEmpty()
                && ledger.connecting() == 0;
    }

    private Patrol patrol(EventLoop loop) {
        for (Patrol patrol : patrols) {
            if (patrol.loop() == loop) {
                return patrol;
            }
        }
        throw new IllegalArgumentException("not one of the client's loops");
    }

    /// What the DNS says.
    private final class Addresses implements AddressBook.Listener {
        @Override
        public void addresses(List<InetSocketAddress> all) {
            lock.lock();
            try {
                ledger.addresses(all);
            } finally {
                lock.unlock();
            }
            pump();
        }

        @Override
        public void unresolved(String message) {
            lock.lock();
            try {
                unresolved = message;
                ledger.unresolved();
            } finally {
                lock.unlock();
            }
            pump();
        }
    }
}
