package io.spillgate.client.pool;

import io.spillgate.client.connect.Connector;
import io.spillgate.client.connect.Resolver;
import io.spillgate.config.BindAddress;
import io.spillgate.config.ClientConfig;
import io.spillgate.config.DestinationConfig;
import io.spillgate.config.HostOverride;
import io.spillgate.config.HostPoolConfig;
import io.spillgate.metrics.PoolReport;
import io.spillgate.net.Loops;
import io.spillgate.net.PerLoop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// All pools: one for each named destination, and one for each other host that is asked. Thread
/// safe.
///
/// Ask for a pool each time it is needed: a reload or a long silence replaces it.
public final class Pools implements AutoCloseable {
    private final Loops loops;
    private final PerLoop<Sweeper> sweepers;
    private final Map<Optional<BindAddress>, Resolver> resolvers = new ConcurrentHashMap<>();
    private final Map<Target, Pool> hosts = new ConcurrentHashMap<>();
    private volatile Map<String, Named> destinations = Map.of();
    private volatile HostPoolConfig hostConfig;
    private volatile boolean closed;

    /// Pools on loops of somebody else, who closes them.
    ///
    /// @param hosts where host pools get their values, `hosts.client()` included
    /// @throws IllegalArgumentException when a file of a TLS section cannot be used
    public Pools(Loops loops, HostPoolConfig hosts, Map<String, DestinationConfig> destinations) {
        this.loops = loops;
        AddressId.load();
        sweepers =
                new PerLoop<>(
                        loops,
                        number ->
                                new Sweeper(
                                        loops.all().get(number),
                                        loops.meters().get(number),
                                        loops.faults()));
        hostConfig = hosts;
        apply(hosts, destinations);
    }

    /// The pool of a named destination.
    public Optional<Pool> destination(String name) {
        Named named = destinations.get(name);
        return named == null ? Optional.empty() : Optional.of(named.pool);
    }

    /// The pool of a host, made when it is asked for the first time; empty when there are as many
    /// pools as may be, or they are closed.
    public Optional<Pool> host(Target target) {
        Pool pool = hosts.get(target);
        return Optional.ofNullable(pool == null ? make(target) : pool);
    }

    /// Takes over a changed configuration: what changed gets a new pool, the old one drains.
    ///
    /// @throws IllegalArgumentException when a file of a TLS section cannot be used; nothing has
    ///   changed then
    public synchronized void apply(
            HostPoolConfig changedHosts, Map<String, DestinationConfig> changed) {
        Map<String, Named> before = destinations;
        Map<String, Named> after = new HashMap<>();
        List<Prepared> prepared = new ArrayList<>();
        changed.forEach((name, config) -> {
            Named kept = before.get(name);
            if (kept != null && kept.config.equals(config)) {
                after.put(name, kept);
            } else {
                prepared.add(prepare(name, config));
            }
        });
        checkHosts(changedHosts);
        for (Prepared one : prepared) {
            Pool pool = open(one.settings, one.connector, () -> {});
            after.put(one.settings.name(), new Named(one.config, pool));
        }
        destinations = Map.copyOf(after);
        before.values().stream().filter(old -> !after.containsValue(old)).forEach(Named::retire);
        if (!changedHosts.equals(hostConfig)) {
            hostConfig = changedHosts;
            List<Pool> old = List.copyOf(hosts.values());
            hosts.clear();
            old.forEach(Pool::retire);
        }
    }

    /// The numbers of all pools at this moment, destinations first.
    public List<PoolReport> reports() {
        List<PoolReport> reports = new ArrayList<>();
        new TreeMap<>(destinations).values().forEach(named -> reports.add(named.pool.report()));
        hosts.values().stream().map(Pool::report).forEach(reports::add);
        return reports;
    }

    /// Fails what waits, cuts what runs.
    @Override
    public synchronized void close() {
        closed = true;
        destinations.values().forEach(named -> named.pool.close());
        hosts.values().forEach(Pool::close);
        hosts.clear();
        resolvers.values().forEach(Resolver::close);
    }

    private synchronized @org.jspecify.annotations.Nullable Pool make(Target target) {
        Pool made = hosts.get(target);
        if (made != null || closed || hosts.size() >= hostConfig.maxPools()) {
            return made;
        }
        PoolSettings settings = settings(target);
        Pool[] self = new Pool[1];
        self[0] = open(settings, connector(settings), () -> hosts.remove(target, self[0]));
        hosts.put(target, self[0]);
        return self[0];
    }

    private PoolSettings settings(Target target) {
        for (HostOverride one : hostConfig.perHostOverride()) {
            if (new HostPattern(one.hostPattern()).matches(target.host())) {
                return PoolSettings.of(target, one.pool(), one.idleTimeout(), one.client());
            }
        }
        return PoolSettings.of(
                target, hostConfig.pool(), hostConfig.idleTimeout(), hostConfig.client());
    }

    private Prepared prepare(String name, DestinationConfig config) {
        PoolSettings settings = PoolSettings.of(name, config);
        return new Prepared(config, settings, connector(settings));
    }

    private Pool open(PoolSettings settings, Connector connector, Runnable unused) {
        return new Pool(settings, sweepers, connector, unused);
    }

    private Connector connector(PoolSettings settings) {
        return new Connector(
                resolver(settings.client()),
                loops.transport(),
                settings.client(),
                settings.tls(),
                settings.serverName());
    }

    private Resolver resolver(ClientConfig client) {
        return resolvers.computeIfAbsent(client.resolver(), server -> new Resolver(loops, server));
    }

    /// Makes what host pools will need, so that a bad file is found now.
    private void checkHosts(HostPoolConfig config) {
        Target any = new Target(true, "localhost", 443);
        connector(PoolSettings.of(any, config.pool(), config.idleTimeout(), config.client()));
        for (HostOverride one : config.perHostOverride()) {
            connector(PoolSettings.of(any, one.pool(), one.idleTimeout(), one.client()));
        }
    }

    /// What could be checked before a pool is made.
    private record Prepared(DestinationConfig config, PoolSettings settings, Connector connector) {}

    /// A destination's pool, and what it was made from.
    private record Named(DestinationConfig config, Pool pool) {
        void retire() {
            pool.retire();
        }
    }
}
