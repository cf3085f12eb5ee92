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
import io.spillgate.lifecycle.Drain;
import io.spillgate.lifecycle.Lifecycle;
import io.spillgate.limits.ConnectionLimit;
import io.spillgate.listener.Listener;
import io.spillgate.listener.ListenerPolicy;
import io.spillgate.listener.Services;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/// A running gateway: its listeners, its hub, its pools, its event loops. Thread safe.
public final class Gateway implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
    private static final Duration LONGEST_SPREAD = Duration.ofSeconds(10);
    private static final int OPERATORS_CONNECTIONS = 1024;
    private static final long MEMORY_LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Lifecycle lifecycle = new Lifecycle();
    private final Loops loops;
    private final Broker broker;
    private final Hub hub;
    private final Pools pools;
    private final Admission admission;
    private final Metrics metrics;
    private final ConnectionLimit connections;
    private final List<Listener> listeners = new ArrayList<>();
    private final Drain drain;
    private final Sampler sampler;
    private final Watchdog watchdog;
    private volatile GatewayConfig config;

    private Gateway(GatewayConfig config, Operator operator, @Nullable LimitRule rule)
            throws IOException {
        this.config = config;
        loops = new Loops(Transport.of(config.http().io()), config.http().threadPoolSize());
        pools = pools(config);
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
        drain =
                new Drain(
                        lifecycle,
                        this::isIdle,
                        watchdog.executor(),
                        this::reportDrain,
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
                        new Administration(metrics, operator, this::drain, this::drainState));
        connections = new ConnectionLimit(Descriptors.clamp(config.http().maxConnections()));
        try {
            listen(services);
        } catch (IOException e) {
            listeners.forEach(Listener::abort);
            pools.close();
            watchdog.close();
            loops.close();
            throw e;
        }
        drain.ended().thenAccept(this::abortUnless);
        sampler =
                new Sampler(
                        admission,
                        metrics,
                        new Utilization(loops.meters()),
                        config.server(),
                        rule,
                        loops.nanoTime());
        register();
        watchdog.every(Sampler.TICK_NANOS, sampler::tick);
        watchdog.every(MEMORY_LOOK_NANOS, loops.faults()::look);
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
        return address(ListenerPolicy.PUBLIC).orElseThrow();
    }

    /// Where the admin listener is bound; empty when it is off.
    public Optional<InetSocketAddress> adminAddress() {
        return address(ListenerPolicy.OPERATORS);
    }

    /// Takes over a changed configuration for new requests; open streams go on.
    ///
    /// @return what cannot change while running and was left as it was, one sentence each
    /// @throws IllegalArgumentException when a file of a `tls` section can't be used; nothing has
    ///   changed then
    public synchronized List<String> apply(GatewayConfig wanted) {
        GatewayConfig before = config;
        GatewayConfig changed = wanted.keeping(before);
        pools.apply(changed.hostConnectionPool(), changed.httpDestinations());
        config = changed;
        admission.apply(changed.server());
        sampler.apply(changed.server());
        broker.logs().rules(rules(changed), limits(changed));
        hub.apply(times(changed), changed.hub().maxWatchedTopics());
        connections.setLimit(Descriptors.clamp(changed.http().maxConnections()));
        listeners.forEach(listener -> listener.apply(before, changed));
        return Unchangeable.between(before, wanted);
    }

    /// Begins the shutdown: not ready, no new connections, streams told and ended. The clock of the
    /// shutdown runs first, so that it is over in time even if everything behind fails.
    public void drain() {
        if (!lifecycle.drain()) {
            return;
        }
        Duration timeout = config.server().shutdownTimeout();
        attempt("begin", () -> drain.begin(Durations.nanos(timeout)));
        attempt("log", () -> logDrain(timeout));
        publicListeners().forEach(listener -> attempt("stop_accepting", listener::stopAccepting));
        Duration half = timeout.dividedBy(2);
        Duration spread = half.compareTo(LONGEST_SPREAD) < 0 ? half : LONGEST_SPREAD;
        attempt("end_streams", () -> hub.drain(Durations.nanos(spread)));
        drain.told();
    }

    /// Completes when a drain has ended: true when nothing was left, false when the rest was
    /// aborted.
    public CompletableFuture<Boolean> drained() {
        return drain.ended();
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
            abort();
            attempt("close_pools", pools::close);
            attempt("close_watch", watchdog::close);
            loops.close();
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

    private void listen(Services services) throws IOException {
        int spare = Descriptors.spare(connections.limit());
        for (ListenerPolicy policy : ListenerPolicy.values()) {
            boolean wanted = !policy.address(config).isOff();
            boolean open = policy == ListenerPolicy.PUBLIC;
            ConnectionLimit places =
                    open ? connections : new ConnectionLimit(OPERATORS_CONNECTIONS);
            if (wanted) {
                listeners.add(Listener.open(services, policy, config, places, open ? spare : 0));
            }
        }
    }

    private Optional<InetSocketAddress> address(ListenerPolicy policy) {
        return listeners.stream()
                .filter(listener -> listener.policy() == policy)
                .map(Listener::address)
                .findFirst();
    }

    private List<Listener> publicListeners() {
        return listeners.stream()
                .filter(listener -> listener.policy() == ListenerPolicy.PUBLIC)
                .toList();
    }

    private long sum(ToLongFunction<Listener> of) {
        return publicListeners().stream().mapToLong(of).sum();
    }

    private int lingering() {
        return Math.toIntExact(sum(Listener::lingering));
    }

    private boolean isIdle() {
        boolean operating =
                listeners.stream()
                        .anyMatch(listener ->
                                listener.policy() == ListenerPolicy.OPERATORS
                                        && listener.exchanges() > 0);
        return connections.active() == 0 && lingering() == 0 && !operating;
    }

    private void abortUnless(boolean nothingLeft) {
        if (!nothingLeft) {
            LOG.warn(
                    "drain_aborted streams={} connections={}", hub.streams(), connections.active());
            abort();
        }
    }

    private void abort() {
        attempt("abort_streams", hub::abort);
        listeners.forEach(listener -> attempt("abort_connections", listener::abort));
    }

    /// One step of an end. It may fail, because a loop is gone or memory is missing; then the next
    /// one follows all the same.
    private static void attempt(String what, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            LOG.error("shutdown_step_failed step={}", what, e);
        }
    }

    private void logDrain(Duration timeout) {
        LOG.info(
                "drain_begun streams={} connections={} timeout={}",
                hub.streams(),
                connections.active(),
                Durations.format(timeout));
    }

    private void register() {
        metrics.pools(pools::reports);
        metrics.gauge(Gauge.CONNECTIONS_ACTIVE, connections::active);
        metrics.gauge(Gauge.INPUT_MEMORY_BYTES, () -> sum(Listener::inputBytes));
        metrics.gauge(Gauge.INPUT_MEMORY_LIMIT_BYTES, () -> sum(Listener::inputLimitBytes));
        metrics.gauge(Gauge.LINGERING_SOCKETS, this::lingering);
        metrics.gauge(Gauge.SSE_ACTIVE_CONNECTIONS, hub::streams);
        metrics.gauge(Gauge.QUEUE_DEPTH, hub::deepestQueue);
        metrics.gauge(Gauge.QUEUE_DEPTH_TOTAL, hub::totalQueued);
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

    /// What is left of a drain; empty when there is none.
    private Map<String, Object> drainState() {
        if (!lifecycle.isEnding()) {
            return Map.of();
        }
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("streams", hub.streams());
        state.put("connections", connections.active());
        state.put("inflight", admission.inFlight());
        state.put("queued", admission.queued());
        state.put("secondsLeft", TimeUnit.NANOSECONDS.toSeconds(drain.leftNanos()));
        return state;
    }

    private void reportDrain() {
        LOG.info(
                "drain_progress streams={} connections={} inflight={} queued={} left={}s",
                hub.streams(),
                connections.active(),
                admission.inFlight(),
                admission.queued(),
                TimeUnit.NANOSECONDS.toSeconds(drain.leftNanos()));
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
