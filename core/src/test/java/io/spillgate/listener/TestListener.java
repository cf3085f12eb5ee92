package io.spillgate.listener;

import io.netty.channel.EventLoop;
import io.spillgate.admission.Admission;
import io.spillgate.broker.Broker;
import io.spillgate.broker.LocalBroker;
import io.spillgate.client.pool.Pools;
import io.spillgate.config.GatewayConfig;
import io.spillgate.config.IoMode;
import io.spillgate.http.TestStream;
import io.spillgate.hub.Hub;
import io.spillgate.hub.StreamTimes;
import io.spillgate.lifecycle.Lifecycle;
import io.spillgate.limits.ConnectionLimit;
import io.spillgate.log.LogLimits;
import io.spillgate.log.TopicRules;
import io.spillgate.metrics.Metrics;
import io.spillgate.net.Loops;
import io.spillgate.net.Transport;
import io.spillgate.proxy.Backends;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/// What a listener has behind it, without a socket.
final class TestListener implements AutoCloseable {
    static final int CONNECTIONS = 7;

    final Lifecycle lifecycle = new Lifecycle();
    final Admission admission;
    final Hub hub;
    private final Loops loops = new Loops(Transport.of(IoMode.NIO), 1);
    private final Pools pools;
    private final ListenerLoop listenerLoop;

    @SuppressWarnings("this-escape") // final class
    private TestListener(ListenerPolicy policy, UnaryOperator<Broker> seam) {
        GatewayConfig config = GatewayConfig.DEFAULT;
        Metrics metrics = new Metrics(1);
        admission = new Admission(config.server(), loops.nanoTime());
        pools = new Pools(loops, config.hostConnectionPool(), config.httpDestinations());
        Broker local =
                new LocalBroker(
                        "stestepoch01",
                        new TopicRules(config.http(), config.hub()),
                        new LogLimits(1 << 20, 100),
                        loops.wallClock());
        Broker broker = seam.apply(local);
        long second = TimeUnit.SECONDS.toNanos(1);
        hub =
                new Hub(
                        loops,
                        broker.logs(),
                        metrics,
                        new StreamTimes(second, second, second, second),
                        10);
        Services services =
                new Services(
                        loops,
                        broker,
                        hub,
                        new Backends(pools),
                        admission,
                        metrics,
                        lifecycle,
                        (command, accept) ->
                                CompletableFuture.completedFuture(
                                        new Operations.Result(200, "text/plain", new byte[0])));
        ConnectionLimit places = new ConnectionLimit(CONNECTIONS);
        ListenerState state = Listener.state(services, policy, config, places, 0);
        listenerLoop = Listener.loops(services, state).at(0);
        lifecycle.ready();
    }

    static TestListener open() {
        return new TestListener(ListenerPolicy.PUBLIC, local -> local);
    }

    static TestListener admin() {
        return admin(local -> local);
    }

    /// The operators' listener over another broker, made of a local one.
    static TestListener admin(UnaryOperator<Broker> seam) {
        return new TestListener(ListenerPolicy.OPERATORS, seam);
    }

    EventLoop loop() {
        return loops.all().getFirst();
    }

    /// A request that has come, and is not served yet.
    RequestContext of(TestStream stream) {
        RequestContext context =
                loop().submit(() -> listenerLoop.open(stream)).syncUninterruptibly().getNow();
        stream.heardBy(context);
        return context;
    }

    /// Serves a request on its loop.
    TestStream serve(TestStream stream) {
        onLoop(of(stream)::serve);
        return stream;
    }

    void onLoop(Runnable task) {
        loop().submit(task).syncUninterruptibly();
    }

    @Override
    public void close() {
        pools.close();
        loops.close();
    }
}
