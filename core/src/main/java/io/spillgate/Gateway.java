package io.spillgate;

import io.spillgate.admission.Admission;
import io.spillgate.admission.LimitRule;
import io.spillgate.admission.Sampler;
import io.spillgate.admission.Utilization;
import io.spillgate.broker.Broker;
import io.spillgate.broker.EventIds;
import io.spillgate.broker.LocalBroker;
import io.spillgate.client.pool.Pools;
import io.spillgate.config.ByteSize;
import io.spillgate.config.Durations;
import io.spillgate.config.GatewayConfig;
import io.spillgate.config.HubConfig;
import io.spillgate.hub.Hub;
import io.spillgate.hub.StreamTimes;
import io.spillgate.lifecycle.Lifecycle;
import io.spillgate.limits.ConnectionLimit;
import io.spillgate.listener.Certificates;
import io.spillgate.listener.Listener;
import io.spillgate.listener.ListenerPolicy;
import io.spillgate.listener.Services;
import io.spillgate.local.HubFailure;
import io.spillgate.local.LocalHub;
import io.spillgate.local.LocalLimits;
import io.spillgate.local.Message;
import io.spillgate.local.Published;
import io.spillgate.local.StreamStart;
import io.spillgate.local.Subscription;
import io.spillgate.local.SubscriptionListener;
import io.spillgate.log.LogLimits;
import io.spillgate.log.TopicRules;
import io.spillgate.metrics.Counter;
import io.spillgate.metrics.Gauge;
import io.spillgate.metrics.Metrics;
import io.spillgate.net.Breakdown;
import io.spillgate.net.DirectMemory;
import io.spillgate.net.LoopMeter;
import io.spillgate.net.Loops;
import io.spillgate.net.Transport;
import io.spillgate.net.Watchdog;
import io.spillgate.proxy.Backends;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// A running gateway: its listeners, its hub, its pools, its event loops. Thread safe.
public final class Gateway implements AutoCloseable {
    private static final int OPERATORS_CONNECTIONS = 1024;
    private static final long MEMORY_LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long CERTIFICATES_LOOK_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Lifecycle lifecycle = new Lifecycle();
    private final Loops loops;
    private final Broker broker;
    private final Hub hub;
    private final Pools pools;
    private final Certificates certificates;
    private final Admission admission;
    private final Metrics metrics;
    private final ConnectionLimit connections;
    private final Listeners listeners = new Listeners();
    private final Shutdown shutdown;
    private final Sampler sampler;
    private final Watchdog watchdog;
    private final LocalHub local;
    private volatile GatewayConfig config;

    private Gateway(GatewayConfig config, Operator operator, @Nullable LimitRule rule)
            throws IOException {
        this.config = config;
        loops = new Loops(Transport.of(config.http().io()), config.http().threadPoolSize());
        pools = pools(config);
        certificates = certificates(config);
        admission = new Admission(config.server(), loops.nanoTime());
        metrics = new Metrics(loops.all().size());
        measure();
        watchdog = new Watchdog(loops.meters());
        broker =
                new LocalBroker(
                        EventIds.newEpoch(), rules(config), limits(config), loops.wallClock());
        hub =
                new Hub(
                        loops,
                        broker.logs(),
                        metrics,
                        times(config),
                        config.hub().maxWatchedTopics());
        local = new LocalHub(loops, broker, hub, metrics.outside(), localLimits(config));
        connections = new ConnectionLimit(Descriptors.clamp(config.http().maxConnections()));
        shutdown =
                new Shutdown(
                        lifecycle,
                        listeners,
                        connections,
                        hub,
                        local,
                        admission,
                        watchdog.executor(),
                        loops.nanoTime());
        Services services =
                new Services(
                        loops,
                        broker,
                        hub,
                        new Backends(pools),
                        admission,
                        metrics,
                        lifecycle,
                        new Administration(metrics, operator, this::drain, shutdown::state));
        try {
            listen(services);
        } catch (IOException e) {
            listeners.all().forEach(Listener::abort);
            pools.close();
            watchdog.close();
            loops.close();
            certificates.close();
            throw e;
        }
        sampler = sampler(rule);
        register();
        watchdog.every(Sampler.TICK_NANOS, sampler::tick);
        watchdog.every(MEMORY_LOOK_NANOS, loops.faults()::look);
        watchdog.every(CERTIFICATES_LOOK_NANOS, this::lookAtCertificates);
        lifecycle.ready();
    }

    /// Binds the listeners and starts to serve.
    ///
    /// @param config what to run
    /// @param operator answers `POST /reload` of the admin listener
    /// @throws IOException when an address cannot be bound; nothing is left running then
    /// @throws IllegalStateException when `http.io` names what does not work on this machine
    /// @throws IllegalArgumentException when a file of a `tls` section can't be used; nothing is
    ///   left running then
    public static Gateway start(GatewayConfig config, Operator operator) throws IOException {
        return new Gateway(config, operator, null);
    }

    /// The same, with a rule of one's own for how many requests may run at once.
    ///
    /// @param rule decides instead of [io.spillgate.admission.AdaptiveLimit]
    public static Gateway start(GatewayConfig config, Operator operator, LimitRule rule)
            throws IOException {
        return new Gateway(config, operator, rule);
    }

    /// Where the public listener is bound, with the real port.
    public InetSocketAddress httpAddress() {
        return listeners.address("http").orElseThrow();
    }

    /// Where the public listener speaks TLS; empty when it does not.
    public Optional<InetSocketAddress> httpsAddress() {
        return listeners.address("https");
    }

    /// Where the admin listener is bound; empty when it is off.
    public Optional<InetSocketAddress> adminAddress() {
        return listeners.address("admin");
    }

    /// Publishes an event, as a publish over HTTP does, but without a token and without admission.
    /// Any thread; does not block. Events of one thread are in its order in their topic.
    ///
    /// @return complete when this returns, unless the event has to wait for room; then it completes
    ///   on a virtual thread. Fails with [HubFailure]. Who cancels it takes the event back, if it
    ///   still waits
    public CompletableFuture<Published> publish(String topic, Message message) {
        return local.publish(topic, message);
    }

    /// Subscribes to topics, as a subscribe over HTTP does, but without admission: one subscription
    /// has at most 100 topics and gets their events in the common order. The listener is called on
    /// a virtual thread.
    ///
    /// @param topics exact names; the same one again counts once
    /// @return completes before the listener hears of anything, on its thread. What is published
    ///   from then on comes. Fails with [HubFailure]; then, and when it is cancelled before, the
    ///   listener hears of nothing
    public CompletableFuture<Subscription> subscribe(
            List<String> topics, StreamStart start, SubscriptionListener listener) {
        return local.subscribe(topics, start, listener, Thread::startVirtualThread);
    }

    /// The same, with the listener on an executor of one's own.
    ///
    /// @param executor runs a task for each batch of events, one after the other; not on the
    ///   calling thread, which is an event loop
    public CompletableFuture<Subscription> subscribe(
            List<String> topics,
            StreamStart start,
            SubscriptionListener listener,
            Executor executor) {
        return local.subscribe(topics, start, listener, executor);
    }

    /// Takes over a changed configuration for new requests; open streams go on.
    ///
    /// @return what cannot change while running and was left as it was, one sentence each
    /// @throws IllegalArgumentException when a file of a `tls` section can't be used; nothing has
    ///   changed then
    public synchronized List<String> apply(GatewayConfig wanted) {
        GatewayConfig before = config;
        GatewayConfig changed = wanted.keeping(before);
        Certificates.Change secured = certificates.prepare(changed);
        try {
            pools.apply(changed.hostConnectionPool(), changed.httpDestinations());
        } catch (RuntimeException | Error e) {
            secured.discard();
            throw e;
        }
        secured.apply();
        config = changed;
        admission.apply(changed.server());
        sampler.apply(changed.server());
        broker.logs().rules(rules(changed), limits(changed));
        hub.apply(times(changed), changed.hub().maxWatchedTopics());
        local.apply(localLimits(changed));
        connections.setLimit(Descriptors.clamp(changed.http().maxConnections()));
        listeners.all().forEach(listener -> listener.apply(before, changed));
        return Unchangeable.between(before, wanted);
    }

    /// Begins the shutdown: not ready at once; after a time of grace, in which whoever has not
    /// noticed that is still served, no new connections, and streams are told and ended. The clock
    /// of the shutdown runs first, so that it is over in time even if everything behind fails.
    public void drain() {
        shutdown.begin(config.server());
    }

    /// Completes when a drain has ended: true when nothing was left, false when the rest was
    /// aborted.
    public CompletableFuture<Boolean> drained() {
        return shutdown.ended();
    }

    /// Completes when the gateway can't go on, with the reason: one of its event loops has ended,
    /// whatever ended it, or memory could not be allocated for 30 s. Connections of that loop hang
    /// then, and nothing here ends them, so whoever runs the gateway has to end the process.
    /// Completes on a thread that is about to end and while memory may be exhausted: what is done
    /// then should be prepared beforehand, on another thread. Never completes because of [#close].
    public CompletableFuture<Breakdown> broken() {
        return loops.broken();
    }

    /// Closes everything at once.
    @Override
    public void close() {
        if (lifecycle.close()) {
            Shutdown.attempt("close_local", local::close);
            shutdown.abort();
            Shutdown.attempt("close_pools", pools::close);
            Shutdown.attempt("close_watch", watchdog::close);
            loops.close();
            Shutdown.attempt("close_certificates", certificates::close);
        }
    }

    private Pools pools(GatewayConfig of) {
        try {
            return new Pools(loops, of.hostConnectionPool(), of.httpDestinations());
        } catch (IllegalArgumentException e) {
            loops.close();
            throw e;
        }
    }

    private Certificates certificates(GatewayConfig of) {
        try {
            return new Certificates(of, loops.wallClock());
        } catch (IllegalArgumentException | IllegalStateException e) {
            pools.close();
            loops.close();
            throw e;
        }
    }

    /// Files are read on a thread of their own: the watch may not wait for a disk.
    private void lookAtCertificates() {
        certificates.rotate();
        Thread.startVirtualThread(certificates::look);
    }

    private Sampler sampler(@Nullable LimitRule rule) {
        return new Sampler(
                admission,
                metrics,
                new Utilization(loops.meters()),
                config.server(),
                rule,
                loops.nanoTime());
    }

    private void listen(Services services) throws IOException {
        int spare = Descriptors.spare(connections.limit());
        for (ListenerPolicy policy : ListenerPolicy.values()) {
            boolean open = policy == ListenerPolicy.PUBLIC;
            ConnectionLimit places =
                    open ? connections : new ConnectionLimit(OPERATORS_CONNECTIONS);
            if (policy.isWanted(config, certificates)) {
                listeners.add(
                        Listener.open(
                                services, policy, config, certificates, places, open ? spare : 0));
            }
        }
    }

    private void register() {
        metrics.pools(pools::reports);
        metrics.gauge(Gauge.CONNECTIONS_ACTIVE, connections::active);
        metrics.gauge(Gauge.INPUT_MEMORY_BYTES, () -> listeners.sum(Listener::inputBytes));
        metrics.gauge(
                Gauge.INPUT_MEMORY_LIMIT_BYTES, () -> listeners.sum(Listener::inputLimitBytes));
        metrics.gauge(Gauge.LINGERING_SOCKETS, listeners::lingering);
        metrics.gauges(Gauge.TLS_CERTIFICATE_EXPIRY, certificates::expiries);
        metrics.gauge(Gauge.SSE_ACTIVE_CONNECTIONS, hub::streams);
        metrics.gauge(Gauge.QUEUE_DEPTH, hub::deepestQueue);
        metrics.gauge(Gauge.EVENTS_QUEUED, hub::totalQueued);
        metrics.gauge(Gauge.ADMISSION_LIMIT, admission::limit);
        metrics.gauge(Gauge.ADMISSION_IN_FLIGHT, admission::inFlight);
        metrics.gauge(Gauge.ADMISSION_QUEUED, admission::queued);
        metrics.gauge(Gauge.ADMISSION_UTILIZATION, admission::utilization);
        metrics.gauge(
                Gauge.ADMISSION_SMOOTHED_LATENCY_SECONDS, () -> sampler.smoothedNanos() / 1e9);
        metrics.gauge(Gauge.DIRECT_MEMORY_BYTES, DirectMemory::usedBytes);
        metrics.gauge(Gauge.DIRECT_MEMORY_LIMIT_BYTES, DirectMemory::limitBytes);
        metrics.gauge(Gauge.TOPICS_ACTIVE, broker.logs()::topics);
        metrics.gauge(Gauge.TOPICS_WATCHED, hub.watchedTopics()::count);
        metrics.gauge(Gauge.HUB_MEMORY_BYTES, broker.logs()::usedBytes);
        metrics.gauge(Gauge.HUB_MEMORY_LIMIT_BYTES, () -> limits(config).memoryBytes());
    }

    private void measure() {
        loops.faults().counter(() -> metrics.outside().add(Counter.ALLOCATION_FAILURES, 1));
        loops.measure(loop -> metrics.cells(loop)::eventLoopLag);
        for (int loop = 0; loop < loops.meters().size(); loop++) {
            LoopMeter meter = loops.meters().get(loop);
            metrics.gauge(Gauge.EVENT_LOOP_UTILIZATION, loop, meter::utilization);
            metrics.busyTime(loop, meter::busyTime);
        }
    }

    private static TopicRules rules(GatewayConfig config) {
        return new TopicRules(config.http(), config.hub());
    }

    private static LogLimits limits(GatewayConfig config) {
        HubConfig hub = config.hub();
        long configured = hub.memory().bytes();
        long memory = configured > 0 ? configured : Runtime.getRuntime().maxMemory() / 4;
        return new LogLimits(Math.max(memory, ByteSize.MIB), hub.maxTopics());
    }

    private static LocalLimits localLimits(GatewayConfig config) {
        return LocalLimits.of(
                config.http().maxBodySize().bytes(),
                Durations.nanos(config.hub().blockTimeout()),
                limits(config).memoryBytes());
    }

    private static StreamTimes times(GatewayConfig config) {
        return new StreamTimes(
                Durations.nanos(config.http().keepaliveIntervalSec()),
                Durations.nanos(config.http().connectionTimeoutSec()),
                Durations.nanos(config.hub().stallTimeout()),
                Durations.nanos(config.hub().retry()));
    }

    /// What the surroundings of a gateway do for it.
    @FunctionalInterface
    public interface Operator {
        /// Reads the configuration again and applies it; called on a thread that may block.
        Reloaded reload();
    }

    /// The outcome of a reload.
    ///
    /// @param applied whether the new configuration is in force
    /// @param messages problems when it is not; what was left as it was when it is
    public record Reloaded(boolean applied, List<String> messages) {
        public Reloaded {
            messages = List.copyOf(messages);
        }
    }
}
