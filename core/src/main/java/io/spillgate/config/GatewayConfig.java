package io.spillgate.config;

import java.util.List;

/// The whole configuration; immutable and valid.
///
/// @param http the public listener
/// @param server time-outs, shutdown, health paths
/// @param hub topics and publishing
/// @param admin the operators' listener
/// @param routes what else is answered
/// @param log the process's log
public record GatewayConfig(
        HttpConfig http,
        ServerConfig server,
        HubConfig hub,
        AdminConfig admin,
        List<RouteConfig> routes,
        LogConfig log) {

    /// What holds when nothing is set.
    public static final GatewayConfig DEFAULT =
            new GatewayConfig(
                    HttpConfig.DEFAULT,
                    ServerConfig.DEFAULT,
                    HubConfig.DEFAULT,
                    AdminConfig.DEFAULT,
                    List.of(),
                    LogConfig.DEFAULT);

    public GatewayConfig {
        routes = List.copyOf(routes);
    }

    /// The same, but with the keys of a running gateway that can't change.
    public GatewayConfig keeping(GatewayConfig running) {
        return new GatewayConfig(
                http.keeping(running.http), server, hub, running.admin, routes, log);
    }
}
