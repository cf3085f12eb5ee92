package io.spillgate.routing;

import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.config.GatewayConfig;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// From a request's head to what answers it. Immutable; no I/O.
///
/// The order on the public listener is the reserved health paths and those of the configuration,
/// the hub, the routes of the configuration, `/health` and `/ready`: an application's own `/health`
/// is its own. The admin listener has health, hub and commands.
public final class Router {
    private static final String RESERVED_HEALTH = "/__react_server_health__";
    private static final String RESERVED_READY = "/__react_server_ready__";
    private static final String HEALTH = "/health";
    private static final String READY = "/ready";
    private static final Map<String, Route.Command> QUERIES =
            Map.of("/metrics", Route.Command.METRICS, "/stats", Route.Command.STATS);
    private static final Map<String, Route.Command> ORDERS =
            Map.of("/reload", Route.Command.RELOAD, "/drain", Route.Command.DRAIN);

    private final Set<String> health;
    private final Set<String> ready;
    private final @Nullable HubPaths hub;
    private final List<RouteRule> rules = new ArrayList<>();
    private final boolean admin;

    private Router(GatewayConfig config, boolean admin) {
        this.admin = admin;
        health = with(RESERVED_HEALTH, config.server().healthPaths());
        ready = with(RESERVED_READY, config.server().readyPaths());
        hub = config.hub().enabled() ? new HubPaths(config.hub()) : null;
        if (!admin) {
            config.routes().forEach(route -> rules.add(new RouteRule(route, config.http())));
        }
        if (rules.stream().noneMatch(rule -> rule.hasPath(HEALTH))) {
            health.add(HEALTH);
        }
        if (rules.stream().noneMatch(rule -> rule.hasPath(READY))) {
            ready.add(READY);
        }
    }

    /// The router of the public listener.
    public static Router open(GatewayConfig config) {
        return new Router(config, false);
    }

    /// The router of the admin listener.
    public static Router admin(GatewayConfig config) {
        return new Router(config, true);
    }

    /// What a GET of this path asks before anything else is looked at; null when it is no health
    /// check, or one that a route may answer.
    public Route.@Nullable Probe reserved(String path) {
        if (health.contains(path)) {
            return Route.Probe.ALIVE;
        }
        return ready.contains(path) ? Route.Probe.READY : null;
    }

    /// What answers a request that is no reserved health check.
    ///
    /// @param method by which the request is routed: for a preflight the one that it asks for
    /// @param host the value of Host, null when absent
    public Route route(
            String method, @Nullable String host, RequestTarget target, HttpHeaders headers) {
        String path = target.path();
        if (path.isEmpty()) {
            return new Route.Invalid("The path leads above the root");
        }
        if (path.indexOf('\\') >= 0) {
            return new Route.Invalid("The path has a backslash, which some take for a slash");
        }
        Route route = hub == null ? null : hub.route(method, target);
        if (route != null) {
            return route;
        }
        if (admin) {
            return operate(method, path);
        }
        Set<String> otherMethods = Set.of();
        for (RouteRule rule : rules) {
            if (!rule.matches(host, path, headers)) {
                continue;
            }
            if (rule.takes(method)) {
                return rule.route(method, target);
            }
            otherMethods = with(otherMethods, rule.methods());
        }
        return otherMethods.isEmpty()
                ? unrouted(method, path)
                : new Route.WrongMethod(String.join(", ", otherMethods));
    }

    private static Route unrouted(String method, String path) {
        if (path.equals(HEALTH) && isRead(method)) {
            return new Route.Check(Route.Probe.ALIVE);
        }
        if (path.equals(READY) && isRead(method)) {
            return new Route.Check(Route.Probe.READY);
        }
        return new Route.Unknown();
    }

    private static Route operate(String method, String path) {
        Route.Command query = QUERIES.get(path);
        if (query != null) {
            return isRead(method) ? new Route.Operate(query) : new Route.WrongMethod("GET, HEAD");
        }
        Route.Command order = ORDERS.get(path);
        if (order != null) {
            return method.equals("POST") ? new Route.Operate(order) : new Route.WrongMethod("POST");
        }
        return new Route.Unknown();
    }

    private static boolean isRead(String method) {
        return method.equals("GET") || method.equals("HEAD");
    }

    private static Set<String> with(String builtIn, List<String> more) {
        Set<String> all = new HashSet<>(more);
        all.add(builtIn);
        return all;
    }

    private static Set<String> with(Set<String> some, List<String> more) {
        Set<String> all = new LinkedHashSet<>(some);
        all.addAll(more);
        return all;
    }
}
