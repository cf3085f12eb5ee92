package io.spillgate.app;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The options of every command that runs with a configuration.
final class ConfigOptions {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description =
                    "Configuration: .toml, .yaml, .yml, .conf or .json. Without it: the defaults.")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = {
                "Overrides one key, for example http.max_connections=500. May be given many times.",
                "The environment does the same, weaker: SPILLGATE_HTTP_MAX_CONNECTIONS=500."
            })
    private List<String> sets = new ArrayList<>();

    ConfigSource source() {
        return new ConfigSource(Optional.ofNullable(file), sets, System.getenv());
    }
}
