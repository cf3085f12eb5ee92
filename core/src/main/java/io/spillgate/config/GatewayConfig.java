package io.spillgate.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The whole configuration; immutable and valid.
///
/// @param http the public listener
/// @param tls the public listener that speaks TLS
/// @param server time-outs, shutdown, health paths
/// @param hub topics and publishing
/// @param admin the operators' listener
/// @param httpDestinations named backends
/// @param client connections to backends
/// @param hostConnectionPool the pool for any other host
/// @param routes what else is answered
/// @param log the process's log
public record GatewayConfig(
        HttpConfig http,
        ListenerTlsConfig tls,
        ServerConfig server,
        HubConfig hub,
        AdminConfig admin,
        @Alias("destinations") Map<String, DestinationConfig> httpDestinations,
        ClientConfig client,
        HostPoolConfig hostConnectionPool,
        List<RouteConfig> routes,
        LogConfig log) {

    /// What holds when nothing is set.
    public static final GatewayConfig DEFAULT =
            new GatewayConfig(
                    HttpConfig.DEFAULT,
                    ListenerTlsConfig.DEFAULT,
                    ServerConfig.DEFAULT,
                    HubConfig.DEFAULT,
                    AdminConfig.DEFAULT,
                    Map.of(),
                    ClientConfig.DEFAULT,
                    HostPoolConfig.DEFAULT,
                    List.of(),
                    LogConfig.DEFAULT);

    public GatewayConfig {
        httpDestinations = Map.copyOf(httpDestinations);
        routes = List.copyOf(routes);
        httpDestinations.keySet().forEach(GatewayConfig::checkName);
        for (int i = 0; i < routes.size(); i++) {
            checkProxy(i, routes.get(i), httpDestinations);
            checkCors(i, routes.get(i), http.cors());
        }
    }

    /// The same, but with the keys of a running gateway that can't change.
    public GatewayConfig keeping(GatewayConfig running) {
        return new GatewayConfig(
                http.keeping(running.http),
                tls.keeping(running.tls),
                server,
                hub,
                admin.keeping(running.admin),
                httpDestinations,
                client,
                hostConnectionPool,
                routes,
                log);
    }

    /// The same, with the listeners without TLS at other addresses.
    ///
    /// @param operators where the admin listener binds; may be off
    public GatewayConfig listening(BindAddress open, BindAddress operators) {
        return new GatewayConfig(
                http.at(open),
                tls,
                server,
                hub,
                admin.at(operators),
                httpDestinations,
                client,
                hostConnectionPool,
                routes,
                log);
    }

    /// The same, with other routes.
    public GatewayConfig routed(List<RouteConfig> others) {
        return new GatewayConfig(
                http,
                tls,
                server,
                hub,
                admin,
                httpDestinations,
                client,
                hostConnectionPool,
                others,
                log);
    }

    private static void checkName(String name) {
        if (!name.matches("[^\\p{Cntrl}:/]{1,200}")) {
            throw new InvalidValue(
                    "httpDestinations",
                    "has the name \"" + name + "\", must be 1 to 200 characters without : and /");
        }
    }

    /// What a route's table leaves out is inherited, and has to go with what it says.
    private static void checkCors(int index, RouteConfig route, CorsConfig inherited) {
        String table = "routes[" + index + "].cors";
        Optional<RouteCorsConfig> own = route.cors();
        Require.origins(
                table + ".origins",
                own.flatMap(RouteCorsConfig::origins).orElse(inherited.corsAllowedOrigins()),
                table + ".credentials",
                own.flatMap(RouteCorsConfig::credentials).orElse(false));
    }

    private static void checkProxy(
            int index, RouteConfig route, Map<String, DestinationConfig> destinations) {
        Optional<String> unknown =
                route.proxy()
                        .filter(target -> !RouteConfig.isUrl(target))
                        .filter(target -> !destinations.containsKey(target));
        if (unknown.isEmpty()) {
            return;
        }
        throw new InvalidValue(
                "routes[" + index + "].proxy",
                "is \""
                        + unknown.get()
                        + "\", must be http(s)://host:port or one of the destinations "
                        + destinations.keySet().stream().sorted().toList());
    }
}
