package io.spillgate.app.config;

import io.spillgate.config.Build;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a reference of all keys has to say.
///
/// @param defaults each key's default in TOML, or `none`, `required` or `inherits`, by its path; a
///   table that inherits is one key
/// @param tables the paths of the tables that have keys with values
record Reference(Map<String, String> defaults, Set<String> tables) {
    static Reference ofTheCode() {
        Reference reference = new Reference(new TreeMap<>(), new TreeSet<>());
        reference.add(Schema.ROOT, Schema.ROOT.defaults(), "", false);
        return reference;
    }

    private void add(
            Kind.Section section, Optional<Object> values, String path, boolean inherited) {
        for (Key key : section.keys()) {
            Optional<Object> value = values.map(key::of);
            String keyPath = KeyPath.join(path, key.name());
            boolean inherits = inherited || key.inherits().isPresent();
            Optional<Kind.Section> inner = key.kind().table();
            if (inner.isEmpty() || (inherits && !key.inline())) {
                defaults.put(keyPath, inherits ? "inherits" : text(key, value));
                tables.add(path);
            } else if (key.kind() instanceof Kind.Section) {
                add(inner.get(), value, key.inline() ? path : keyPath, inherits);
            } else {
                boolean named = key.kind() instanceof Kind.Named;
                String place = named ? KeyPath.join(keyPath, KeyPath.NAME) : keyPath;
                add(inner.get(), inner.get().defaults(), place, false);
            }
        }
    }

    private static String text(Key key, Optional<Object> value) {
        Optional<Object> known = value.or(key::absent);
        if (key.required() || known.isEmpty()) {
            return "required";
        }
        return known.get().equals(Optional.empty())
                ? "none"
                : Listing.canonical(key, known.get()).replace(Build.version(), "VERSION");
    }
}
