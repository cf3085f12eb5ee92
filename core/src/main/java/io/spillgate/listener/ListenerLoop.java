package io.spillgate.listener;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.spillgate.broker.Broker;
import io.spillgate.http.Connection;
import io.spillgate.http.ServerStream;
import io.spillgate.http.http1.ConnectionHome;
import io.spillgate.http.http1.HeadLimits;
import io.spillgate.http.http1.ReceiveTimes;
import io.spillgate.http.tls.ServerTls;
import io.spillgate.http.tls.TlsFront;
import io.spillgate.hub.Shard;
import io.spillgate.lifecycle.Lifecycle;
import io.spillgate.limits.InputHolders;
import io.spillgate.metrics.Cells;
import io.spillgate.net.Cut;
import io.spillgate.net.Faults;
import io.spillgate.net.LoopMeter;
import io.spillgate.net.Loops;
import io.spillgate.net.Resets;
import io.spillgate.net.Sweep;
import io.spillgate.net.Transport;
import io.spillgate.net.Work;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// What the connections of one listener on one loop share. Confined to the loop, but for what says
/// otherwise.
final class ListenerLoop implements ConnectionHome {
    private static final long TICK_MILLIS = 25;

    private final ListenerState state;
    private final EventLoop loop;
    private final LoopMeter meter;
    private final Faults faults;
    private final Transport transport;
    private final Lifecycle lifecycle;
    private final Broker broker;
    private final Shard shard;
    private final Cells cells;
    private final InputHolders input;
    private final Consumer<RequestContext> stages;
    private final Resets resets = new Resets();
    private final AtomicInteger exchanges = new AtomicInteger();
    private Sweep<Connection> sweep;
    private long lastTickNanos;

    /// @param number of the loop
    /// @param originNanos when the listener began
    /// @param stages what is done with a request whose head is sound
    ListenerLoop(
            ListenerState state,
            Services services,
            int number,
            long originNanos,
            Consumer<RequestContext> stages) {
        this.state = state;
        this.stages = stages;
        loop = services.loops().all().get(number);
        meter = services.loops().meters().get(number);
        faults = services.loops().faults();
        transport = services.loops().transport();
        lifecycle = services.lifecycle();
        broker = services.broker();
        shard = services.hub().shard(number);
        cells = services.metrics().cells(number);
        input = new InputHolders(state.input(), loop, meter.nanoTime(), originNanos);
        sweep = new Sweep<>(state.settings().visitPeriodNanos());
    }

    /// Begins its regular work.
    void start() {
        lastTickNanos = now();
        loop.scheduleAtFixedRate(
                faults.periodic(meter.as(Work.TIMERS, this::tick)),
                TICK_MILLIS,
                TICK_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /// Visits every connection as often as the listener's settings now want. Any thread.
    void renewPeriod() {
        long nanos = state.settings().visitPeriodNanos();
        Loops.execute(loop, () -> period(nanos));
    }

    /// Closes every connection. Any thread.
    void closeAll() {
        Loops.execute(loop, () -> sweep.members().forEach(one -> Cut.now(one.channel())));
    }

    /// Whether the calling thread is this loop's.
    boolean isCalling() {
        return loop.inEventLoop();
    }

    /// Closes the connections on which no request is under way. Any thread.
    ///
    /// @param done is run afterwards
    void closeIdle(Runnable done) {
        Runnable closing =
                () -> {
                    sweep.members().forEach(Connection::closeIfIdle);
                    done.run();
                };
        if (!Loops.execute(loop, closing)) {
            done.run();
        }
    }

    /// Where connections of an entrance with TLS begin on this loop.
    TlsFront front(ServerTls tls) {
        return new TlsFront(loop, tls, this, cells);
    }

    Broker broker() {
        return broker;
    }

    Shard shard() {
        return shard;
    }

    Cells cells() {
        return cells;
    }

    Resets resets() {
        return resets;
    }

    /// Counts an exchange that begins (1) or ends (-1). Nobody else writes, so this is no atomic
    /// step.
    void exchanges(int change) {
        exchanges.lazySet(exchanges.getPlain() + change);
    }

    /// Exchanges under way. Any thread.
    int exchanges() {
        return exchanges.get();
    }

    @Override
    public LoopMeter meter() {
        return meter;
    }

    @Override
    public Sweep<Connection> sweep() {
        return sweep;
    }

    @Override
    public InputHolders input() {
        return input;
    }

    @Override
    public Faults faults() {
        return faults;
    }

    @Override
    public Transport transport() {
        return transport;
    }

    @Override
    public HeadLimits headLimits() {
        return state.settings().headLimits();
    }

    @Override
    public ReceiveTimes times() {
        return state.settings().times();
    }

    @Override
    public boolean isEnding() {
        return lifecycle.isEnding();
    }

    @Override
    public boolean mayLinger(Channel channel) {
        return state.lingering().enter(channel);
    }

    @Override
    public RequestContext open(ServerStream stream) {
        assert loop.inEventLoop();
        return new RequestContext(state, this, stream, stages);
    }

    /// The clock of the loop, in nanoseconds.
    long now() {
        return meter.nanoTime().getAsLong();
    }

    private void period(long nanos) {
        Sweep<Connection> moved = new Sweep<>(nanos);
        sweep.members().forEach(moved::add);
        sweep = moved;
    }

    private void tick() {
        long now = now();
        sweep.tick(now - lastTickNanos, now);
        resets.tick(now - lastTickNanos, now);
        lastTickNanos = now;
    }
}
