package io.spillgate.listener;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.spillgate.http.ServerStream;
import io.spillgate.http.StreamHandler;
import io.spillgate.http.http1.ConnectionHome;
import io.spillgate.http.http1.HeadLimits;
import io.spillgate.http.http1.Http1Connection;
import io.spillgate.http.http1.ReceiveTimes;
import io.spillgate.hub.Shard;
import io.spillgate.limits.InputHolders;
import io.spillgate.metrics.Cells;
import io.spillgate.net.Faults;
import io.spillgate.net.LoopMeter;
import io.spillgate.net.Resets;
import io.spillgate.net.Sweep;
import io.spillgate.net.Work;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// What the connections of one listener on one loop share. Confined to the loop, but for
/// [#exchanges()].
final class Station implements ConnectionHome {
    private static final long TICK_MILLIS = 25;

    private final Site site;
    private final EventLoop loop;
    private final LoopMeter meter;
    private final Shard shard;
    private final Cells cells;
    private final InputHolders input;
    private final Resets resets = new Resets();
    private final AtomicInteger exchanges = new AtomicInteger();
    private Sweep<Http1Connection> sweep;
    private long lastTickNanos;

    Station(
            Site site,
            EventLoop loop,
            LoopMeter meter,
            Shard shard,
            Cells cells,
            InputHolders input,
            long periodNanos) {
        this.site = site;
        this.loop = loop;
        this.meter = meter;
        this.shard = shard;
        this.cells = cells;
        this.input = input;
        sweep = new Sweep<>(periodNanos);
    }

    /// Begins its regular work.
    void start() {
        lastTickNanos = now();
        loop.scheduleAtFixedRate(
                faults().periodic(meter.as(Work.TIMERS, this::tick)),
                TICK_MILLIS,
                TICK_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /// Visits every connection once in another time.
    void period(long nanos) {
        assert loop.inEventLoop();
        Sweep<Http1Connection> moved = new Sweep<>(nanos);
        sweep.members().forEach(moved::add);
        sweep = moved;
    }

    EventLoop loop() {
        return loop;
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
    public Sweep<Http1Connection> sweep() {
        return sweep;
    }

    @Override
    public InputHolders input() {
        return input;
    }

    @Override
    public Faults faults() {
        return site.faults();
    }

    @Override
    public HeadLimits headLimits() {
        return site.settings().headLimits();
    }

    @Override
    public ReceiveTimes times() {
        return site.settings().times();
    }

    @Override
    public boolean isEnding() {
        return site.lifecycle().isEnding();
    }

    @Override
    public boolean mayLinger(Channel channel) {
        return site.lingering().enter(channel);
    }

    @Override
    public StreamHandler open(ServerStream stream) {
        assert loop.inEventLoop();
        return new Serving(site, this, stream);
    }

    /// The clock of the loop, in nanoseconds.
    long now() {
        return meter.nanoTime().getAsLong();
    }

    private void tick() {
        long now = now();
        sweep.tick(now - lastTickNanos, now);
        resets.tick(now - lastTickNanos, now);
        lastTickNanos = now;
    }
}
