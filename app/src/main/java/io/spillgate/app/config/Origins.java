package io.spillgate.app.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Where the value of each key comes from, by the path that is shown to the user.
final class Origins {
    private final Map<String, Place> places = new HashMap<>();
    private final Map<String, String> inherited = new HashMap<>();

    /// A key was set here.
    void set(String path, Place place) {
        places.put(path, place);
        inherited.remove(path);
    }

    /// A key was not set; the value of another one holds.
    void inherit(String path, String from) {
        String root = inherited.getOrDefault(from, from);
        if (places.containsKey(root)) {
            inherited.put(path, root);
        }
    }

    /// Where a key was set; empty when it was not.
    Optional<Place> place(String path) {
        return Optional.ofNullable(places.get(path));
    }

    /// What stands behind a key when it is printed; see [Entry#source].
    String source(String path) {
        String from = inherited.get(path);
        return from == null ? place(path).map(Place::source).orElse("default") : "inherits " + from;
    }
}
