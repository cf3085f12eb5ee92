package io.spillgate.routing;

import io.spillgate.config.GatewayConfig;
import io.spillgate.config.HostPort;
import io.spillgate.config.RouteConfig;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// From a request's head to what answers it. Immutable; no I/O.
///
/// The order is health, hub, routes of the configuration.
public final class Router {
    private static final Set<String> HEALTH = Set.of("/__react_server_health__", "/health");
    private static final Set<String> READY = Set.of("/__react_server_ready__", "/ready");
    private static final Map<String, Route.Command> QUERIES =
            Map.of("/metrics", Route.Command.METRICS, "/stats", Route.Command.STATS);
    private static final Map<String, Route.Command> ORDERS =
            Map.of("/reload", Route.Command.RELOAD, "/drain", Route.Command.DRAIN);

    /// The target of a request about the server as a whole (RFC 9112 section 3.2.4); a backend gets
    /// it where it would get `/`.
    private static final String WHOLE_SERVER = "*";

    private final Set<String> health;
    private final Set<String> ready;
    private final HubPaths hub;
    private final List<PathRule> rules = new ArrayList<>();
    private final boolean admin;

    private Router(GatewayConfig config, boolean admin) {
        this.admin = admin;
        health = with(HEALTH, config.server().healthPaths());
        ready = with(READY, config.server().readyPaths());
        hub = new HubPaths(config.hub());
        if (!admin) {
            config.routes().forEach(route -> rules.add(new PathRule(route)));
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

    /// Whether a GET of this path asks if the process is alive.
    public boolean isHealth(String path) {
        return health.contains(path);
    }

    /// Whether a GET of this path asks if the gateway wants traffic.
    public boolean isReady(String path) {
        return ready.contains(path);
    }

    /// What answers a request that is no health check.
    ///
    /// @param host the value of Host, null when absent
    public Route route(String method, @Nullable String host, RequestTarget target) {
        Route route = hub.route(method, target);
        if (route != null) {
            return route;
        }
        if (admin) {
            return operate(method, target.path());
        }
        for (PathRule rule : rules) {
            if (rule.matches(host, target.path())) {
                return rule.route(method, target);
            }
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

    private static Set<String> with(Set<String> builtIn, List<String> more) {
        Set<String> all = new HashSet<>(builtIn);
        all.addAll(more);
        return all;
    }

    /// One `[[routes]]` entry.
    private static final class PathRule {
        private final RouteConfig config;
        private final String path;
        private final boolean prefix;

        PathRule(RouteConfig config) {
            this.config = config;
            prefix = config.path().endsWith("*");
            path = prefix ? config.path().substring(0, config.path().length() - 1) : config.path();
        }

        boolean matches(@Nullable String host, String asked) {
            String actual = asked.equals(WHOLE_SERVER) && config.proxy().isPresent() ? "/" : asked;
            return (prefix ? actual.startsWith(path) : actual.equals(path))
                    && (config.host().isEmpty()
                            || (host != null && matchesHost(config.host().get(), host)));
        }

        Route route(String method, RequestTarget target) {
            if (config.proxy().isPresent()) {
                return new Route.Forward(
                        config.proxy().get(),
                        target.withPath(forwarded(target.path())),
                        config.streaming(),
                        config.maxBodySize().bytes());
            }
            if (!isRead(method)) {
                return new Route.WrongMethod("GET, HEAD");
            }
            if (config.reply().isPresent()) {
                return new Route.Fixed(config.reply().get());
            }
            String topic = config.stream().orElseThrow();
            String rest = RequestTarget.decode(target.path().substring(path.length()));
            String filled = rest == null ? null : topic.replace("*", rest);
            return HubPaths.subscribe(target, java.util.Collections.singletonList(filled));
        }

        private String forwarded(String asked) {
            if (!config.stripPrefix() || asked.equals(WHOLE_SERVER)) {
                return asked;
            }
            String rest = asked.substring(path.length());
            return rest.startsWith("/") ? rest : "/" + rest;
        }

        private static boolean matchesHost(String pattern, String host) {
            String name = HostPort.judgedHost(host).toLowerCase(Locale.ROOT);
            String wanted = pattern.toLowerCase(Locale.ROOT);
            return wanted.startsWith("*.")
                    ? name.endsWith(wanted.substring(1)) || name.equals(wanted.substring(2))
                    : name.equals(wanted);
        }
    }
}
