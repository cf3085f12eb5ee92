package io.spillgate.app.config;

import io.spillgate.config.GatewayConfig;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Reads the configuration from all its sources.
public final class ConfigReader {
    private ConfigReader() {}

    /// Reads and validates; highest first: `--set`, environment, file, defaults.
    ///
    /// Blocks while it reads the file, what that includes, and the files of `tls` tables; touches
    /// nothing else and keeps nothing.
    ///
    /// @param file `.toml`, `.yaml`, `.yml`, `.conf` or `.json`; absent = defaults
    /// @param sets each `path.key=value`
    /// @param environment all variables of the process; `SPILLGATE_*` are overrides, HOCON can
    ///   refer to any
    /// @throws ConfigException when anything is wrong; it holds all problems, not only the first
    public static Effective read(
            Optional<Path> file, List<String> sets, Map<String, String> environment)
            throws ConfigException {
        Problems problems = new Problems();
        List<String> warnings = new ArrayList<>();
        Node.Table tree =
                file.isEmpty()
                        ? new Node.Table(new Place.InFile("built-in defaults", 0), List.of())
                        : tree(file.get(), environment, problems, warnings);
        boolean complete = problems.isEmpty();
        Overrides overrides = Overrides.read(sets, environment, tree, problems);
        Binder binder = new Binder(overrides, problems, complete);
        Optional<GatewayConfig> config = binder.bind(tree);
        Rules rules = new Rules(binder.origins());
        config.ifPresent(bound -> rules.check(bound, problems));
        if (!problems.isEmpty() || config.isEmpty()) {
            throw new ConfigException(problems.lines());
        }
        warnings.addAll(binder.warnings());
        warnings.addAll(rules.warnings(config.get()));
        GatewayConfig read = config.get();
        return new Effective(read, () -> Listing.of(read, binder.origins()), warnings);
    }

    private static Node.Table tree(
            Path file, Map<String, String> environment, Problems problems, List<String> warnings) {
        try {
            return parsed(file, environment, problems, warnings);
        } catch (Unreadable e) {
            problems.add(e.place(), "", e.what());
            return new Node.Table(new Place.InFile(file.toString(), 0), List.of());
        }
    }

    private static Node.Table parsed(
            Path file, Map<String, String> environment, Problems problems, List<String> warnings)
            throws Unreadable {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "toml" -> PekkoTables.lifted(TomlTree.read(SourceText.read(file), problems));
            case "yaml", "yml" ->
                    PekkoTables.lifted(YamlTree.read(SourceText.read(file), problems));
            case "conf" ->
                    HoconTree.read(
                            SourceText.read(file),
                            environment,
                            tree -> PekkoTables.liftedOutOf(tree, warnings),
                            problems,
                            warnings);
            case "json" ->
                    HoconTree.read(
                            SourceText.read(file),
                            environment,
                            PekkoTables::lifted,
                            problems,
                            warnings);
            default ->
                    throw new Unreadable(
                            file.toString(),
                            0,
                            "has an unknown ending, must be .toml, .yaml, .yml, .conf or .json",
                            null);
        };
    }
}
