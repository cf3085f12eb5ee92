package io.spillgate.app.config;

import java.util.Optional;

/// Says what was probably meant by a name that is no key.
final class Suggestions {
    /// More lines than [Problems] shows help nobody, and each costs a look at all keys.
    private int left = 100;

    /// @param section the table where the name was found
    /// @param path of the table
    String of(String name, Kind.Section section, KeyPath path) {
        String relaxed = Relaxed.name(name);
        if (isItself(relaxed, path)) {
            return "is inside itself, must stand only in " + path.outer();
        }
        Optional<Key> inner = innerTable(section, relaxed);
        if (inner.isPresent() && !path.shown().isEmpty()) {
            String table = path.key(inner.get().name()).shown();
            return "is not a key here, must stand in the table " + table;
        }
        if (left == 0) {
            return Nearest.notAKey(Optional.empty());
        }
        left--;
        String wanted = KeyPath.join(path.general(), name);
        return Nearest.notAKey(
                Nearest.of(wanted, KnownKeys.ALL, Known::relaxed)
                        .map(nearest -> path.concrete(nearest.path())));
    }

    private static Optional<Key> innerTable(Kind.Section section, String relaxed) {
        return section.keys().stream()
                .filter(key ->
                        key.kind() instanceof Kind.Section inner
                                && inner.byName().containsKey(relaxed))
                .findFirst();
    }

    private static boolean isItself(String relaxed, KeyPath path) {
        boolean named = path.general().endsWith("." + KeyPath.NAME);
        return !named && Relaxed.name(path.general()).endsWith("." + relaxed);
    }
}
