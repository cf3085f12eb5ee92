package io.spillgate.app.config;

/// A key with its full path.
///
/// @param path as the documentation writes it
/// @param kind what may be set
/// @param repeated whether it is inside a list, so that the path alone does not name one place
record Known(String path, Kind kind, boolean repeated) {
    /// The path that any spelling of it has.
    String relaxed() {
        return Relaxed.name(path);
    }

    /// Whether there is a name of the user's in the path.
    boolean named() {
        return path.contains("." + KeyPath.NAME);
    }

    /// The same key in a table of the user's.
    Known at(String concrete) {
        return new Known(concrete, kind, repeated);
    }

    /// Whether `--set` and the environment can set it.
    boolean settable() {
        return !repeated && kind.isValue();
    }

    /// The environment variable that sets it.
    String variable() {
        return Overrides.PREFIX + Spelling.variable(path);
    }
}
