package io.spillgate.app;

import io.spillgate.app.config.ConfigException;
import io.spillgate.app.config.ConfigReader;
import io.spillgate.app.config.Effective;
import io.spillgate.config.GatewayConfig;
import io.spillgate.config.RouteConfig;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where the configuration comes from; read at the start and again for every reload.
///
/// @param file absent = the embedded default, with the demo page at `/`
/// @param sets overrides of the command line, `key=value`
/// @param environment the process's variables
record ConfigSource(Optional<Path> file, List<String> sets, Map<String, String> environment) {
    ConfigSource {
        sets = List.copyOf(sets);
        environment = Map.copyOf(environment);
    }

    /// Reads all of it.
    ///
    /// @throws ConfigException with every problem
    Effective read() throws ConfigException {
        Effective read = ConfigReader.read(file, sets, environment);
        return file.isPresent()
                ? read
                : new Effective(withDemoPage(read.config()), read.listing(), read.warnings());
    }

    private static GatewayConfig withDemoPage(GatewayConfig config) {
        List<RouteConfig> routes = new ArrayList<>(config.routes());
        routes.add(DemoPage.route(config));
        return config.routed(routes);
    }
}
