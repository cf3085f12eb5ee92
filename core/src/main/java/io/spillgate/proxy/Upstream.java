package io.spillgate.proxy;

import io.spillgate.client.pool.Pool;
import io.spillgate.client.pool.Pools;
import io.spillgate.client.pool.Target;
import io.spillgate.config.DestinationConfig;
import io.spillgate.config.RouteConfig;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/// Where a route's requests go, and what is done to each of them on the way. Immutable.
public final class Upstream {
    private final String name;
    private final @Nullable Target target;
    private final @Nullable String host;
    private final String usualHost;
    private final boolean rewritesLocation;
    private final @Nullable String requestIdHeader;

    private Upstream(
            String name,
            @Nullable Target target,
            @Nullable String host,
            String usualHost,
            boolean rewritesLocation,
            @Nullable String requestIdHeader) {
        this.name = name;
        this.target = target;
        this.host = host;
        this.usualHost = usualHost;
        this.rewritesLocation = rewritesLocation;
        this.requestIdHeader = requestIdHeader;
    }

    /// What a route's `proxy` names.
    ///
    /// @param proxy the name of one of the destinations, or `http(s)://host:port`
    /// @throws IllegalArgumentException when it is neither
    public static Upstream of(String proxy, Map<String, DestinationConfig> destinations) {
        if (RouteConfig.isUrl(proxy)) {
            Target target = Target.of(URI.create(proxy));
            String authority = target.authority();
            return new Upstream(target.toString(), target, authority, authority, false, null);
        }
        DestinationConfig config = destinations.get(proxy);
        if (config == null) {
            throw new IllegalArgumentException("there is no destination \"" + proxy + "\"");
        }
        String first = config.addresses().getFirst();
        return new Upstream(
                proxy,
                null,
                config.overrideHostHeader().orElse(null),
                first.startsWith("srv:") ? proxy : first,
                config.rewriteLocation(),
                config.requestIdHeader().orElse(null));
    }

    /// What logs and metrics call it.
    String name() {
        return name;
    }

    /// What is sent as Host, if not the client's.
    @Nullable String host() {
        return host;
    }

    /// What is sent as Host when neither the client nor the configuration names one.
    String usualHost() {
        return usualHost;
    }

    /// The host in redirects that are to name the client's instead; null when they stay.
    @Nullable String rewrittenHost() {
        return rewritesLocation ? host : null;
    }

    /// The header that gets an id, null for none.
    @Nullable String requestIdHeader() {
        return requestIdHeader;
    }

    /// The pool for the next request; empty when there is none (any more).
    Optional<Pool> pool(Pools pools) {
        return target == null ? pools.destination(name) : pools.host(target);
    }
}
