package io.spillgate.app.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.spillgate.config.GatewayConfig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads configurations from texts, with short names for the files in messages.
record Reading(Path folder, List<String> sets, Map<String, String> environment) {
    static Reading in(Path folder) {
        return new Reading(folder, List.of(), Map.of());
    }

    Reading set(String... options) {
        return new Reading(folder, List.of(options), environment);
    }

    Reading env(Map<String, String> variables) {
        return new Reading(folder, sets, variables);
    }

    /// Writes a file that another one includes.
    Reading beside(String file, String text) {
        try {
            Files.writeString(folder.resolve(file), text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Effective read(String file, String text) throws ConfigException {
        beside(file, text);
        return ConfigReader.read(Optional.of(folder.resolve(file)), sets, environment);
    }

    Effective readNothing() throws ConfigException {
        return ConfigReader.read(Optional.empty(), sets, environment);
    }

    GatewayConfig config(String file, String text) throws ConfigException {
        return read(file, text).config();
    }

    /// The problems; places without the folder.
    List<String> problems(String file, String text) {
        beside(file, text);
        return problems(Optional.of(folder.resolve(file)));
    }

    List<String> problemsWithoutFile() {
        return problems(Optional.empty());
    }

    List<String> problems(Optional<Path> file) {
        ConfigException e =
                catchThrowableOfType(
                        ConfigException.class, () -> ConfigReader.read(file, sets, environment));
        if (e == null) {
            throw new AssertionError("no problem was found");
        }
        return e.problems().stream().map(line -> line.replace(folder + "/", "")).toList();
    }
}
