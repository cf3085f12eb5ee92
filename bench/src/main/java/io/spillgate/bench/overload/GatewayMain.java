package io.spillgate.bench.overload;

import io.spillgate.Gateway;
import io.spillgate.app.config.ConfigException;
import io.spillgate.app.config.ConfigReader;
import io.spillgate.config.GatewayConfig;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The gateway under test, in a process of its own until it is killed.
final class GatewayMain {
    private GatewayMain() {}

    /// Starts it, and prints where it listens: two lines, `http PORT` and `admin PORT`.
    ///
    /// @param arguments the configuration file, and the [Mode]
    public static void main(String[] arguments) throws IOException, ConfigException {
        GatewayConfig config =
                ConfigReader.read(Optional.of(Path.of(arguments[0])), List.of(), Map.of()).config();
        Gateway gateway = start(config, Mode.valueOf(arguments[1]));
        System.out.println("http " + gateway.httpAddress().getPort());
        System.out.println(
                "admin " + gateway.adminAddress().map(InetSocketAddress::getPort).orElseThrow());
        gateway.drained().join();
    }

    private static Gateway start(GatewayConfig config, Mode mode) throws IOException {
        Gateway.Operator nothing = () -> new Gateway.Reloaded(true, List.of());
        return mode == Mode.GRADIENT2
                ? Gateway.start(config, nothing, new Gradient2Rule())
                : Gateway.start(config, nothing);
    }
}
