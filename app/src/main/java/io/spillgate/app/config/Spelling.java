package io.spillgate.app.config;

import java.util.Locale;

/// How the documentation writes the keys of a table. All spellings are read everywhere.
enum Spelling {
    /// `max_connections`.
    SNAKE("_"),
    /// `max-connections`.
    KEBAB("-"),
    /// `maxConnections`.
    CAMEL("");

    private final String between;

    Spelling(String between) {
        this.between = between;
    }

    /// The key of a record's component.
    String of(String component) {
        return this == CAMEL ? component : joined(component, between);
    }

    /// The environment variable for a path, without the prefix.
    static String variable(String path) {
        return joined(path, "_").replace("\"", "").replaceAll("[.-]", "_").toUpperCase(Locale.ROOT);
    }

    private static String joined(String camelCase, String between) {
        return camelCase
                .replaceAll("([a-z0-9])([A-Z])|([a-z])([0-9])", "$1$3" + between + "$2$4")
                .toLowerCase(Locale.ROOT);
    }
}
