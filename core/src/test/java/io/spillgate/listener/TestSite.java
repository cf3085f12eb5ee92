package io.spillgate.listener;

import io.netty.channel.EventLoop;
import io.spillgate.admission.Admission;
import io.spillgate.broker.BrokerLimits;
import io.spillgate.broker.LocalBroker;
import io.spillgate.broker.TopicRules;
import io.spillgate.client.pool.Pools;
import io.spillgate.config.GatewayConfig;
import io.spillgate.config.IoMode;
import io.spillgate.http.TestStream;
import io.spillgate.http.http1.Lingering;
import io.spillgate.hub.Hub;
import io.spillgate.hub.StreamTimes;
import io.spillgate.lifecycle.Lifecycle;
import io.spillgate.limits.ConnectionLimit;
import io.spillgate.limits.InputMemory;
import io.spillgate.metrics.Metrics;
import io.spillgate.net.Loops;
import io.spillgate.net.Transport;
import io.spillgate.proxy.Backends;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// What a listener has behind it, without a socket.
final class TestSite implements AutoCloseable {
    static final int CONNECTIONS = 7;

    final Lifecycle lifecycle = new Lifecycle();
    final Admission admission;
    final Hub hub;
    private final Loops loops = new Loops(Transport.of(IoMode.NIO), 1);
    private final Pools pools;
    private final Services services;
    private final ListenerState state;
    private final ListenerLoop listenerLoop;

    @SuppressWarnings("this-escape") // final class
    private TestSite(ListenerPolicy policy, GatewayConfig config) {
        Metrics metrics = new Metrics(1);
        admission = new Admission(config.server(), loops.nanoTime());
        pools = new Pools(loops, config.hostConnectionPool(), config.httpDestinations());
        LocalBroker broker =
                new LocalBroker(
                        "stestepoch01",
                        new TopicRules(config.http(), config.hub()),
                        new BrokerLimits(1 << 20, 100),
                        System::nanoTime);
        long second = TimeUnit.SECONDS.toNanos(1);
        hub = new Hub(loops, broker, metrics, new StreamTimes(second, second, second, second), 10);
        services =
                new Services(
                        loops,
                        hub,
                        new Backends(pools),
                        admission,
                        metrics,
                        lifecycle,
                        (command, accept) ->
                                CompletableFuture.completedFuture(
                                        new Operations.Result(200, "text/plain", new byte[0])));
        state =
                new ListenerState(
                        policy,
                        new ConnectionLimit(CONNECTIONS),
                        new Lingering(1),
                        new Lingering(1),
                        new InputMemory(1 << 20),
                        policy.settings(config));
        listenerLoop = new ListenerLoop(state, services, 0, 0, this::run);
        lifecycle.ready();
    }

    static TestSite open() {
        return new TestSite(ListenerPolicy.PUBLIC, GatewayConfig.DEFAULT);
    }

    static TestSite admin() {
        return new TestSite(ListenerPolicy.OPERATORS, GatewayConfig.DEFAULT);
    }

    EventLoop loop() {
        return loops.all().getFirst();
    }

    /// A request that has come, and is not served yet.
    RequestContext of(TestStream stream) {
        RequestContext context = new RequestContext(state, listenerLoop, stream, this::run);
        stream.heardBy(context);
        return context;
    }

    /// Serves a request on its loop.
    TestStream serve(TestStream stream) {
        RequestContext context = of(stream);
        onLoop(context::serve);
        return stream;
    }

    private void run(RequestContext context) {
        new RequestStages(services, context).run();
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
