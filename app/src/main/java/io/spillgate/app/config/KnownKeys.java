package io.spillgate.app.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Every key at every depth.
final class KnownKeys {
    /// Tables before what is in them. What is inside a list has the list's path in front, what is
    /// in a table with a name of the user's has [KeyPath#NAME] in its place.
    static final List<Known> ALL = all();

    private KnownKeys() {}

    /// The key that a path names, in any spelling, with the path as the documentation writes it.
    ///
    /// @param names the parts of the path; those that the user chose are taken literally
    static Optional<Known> find(List<String> names) {
        return find(Schema.ROOT, names, "", false);
    }

    /// The path of these names, known or not.
    static KeyPath path(List<String> names) {
        KeyPath path = KeyPath.ROOT;
        boolean literal = false;
        for (String name : names) {
            path = literal ? path.named(name) : path.key(name);
            String soFar = path.general();
            literal =
                    ALL.stream()
                            .filter(known -> known.relaxed().equals(Relaxed.name(soFar)))
                            .anyMatch(known -> known.kind() instanceof Kind.Named);
        }
        return path;
    }

    private static Optional<Known> find(
            Kind.Section section, List<String> names, String path, boolean repeated) {
        Key key = section.byName().get(Relaxed.name(names.getFirst()));
        if (key == null) {
            return Optional.empty();
        }
        String keyPath = KeyPath.join(path, key.name());
        List<String> rest = names.subList(1, names.size());
        if (rest.isEmpty()) {
            return Optional.of(new Known(keyPath, key.kind(), repeated));
        }
        if (!(key.kind() instanceof Kind.Named(Kind.Section of))) {
            boolean inList = repeated || !(key.kind() instanceof Kind.Section);
            return key.kind().table().flatMap(inner -> find(inner, rest, keyPath, inList));
        }
        String named = KeyPath.join(keyPath, KeyPath.literal(rest.getFirst()));
        return rest.size() == 1
                ? Optional.of(new Known(named, of, repeated))
                : find(of, rest.subList(1, rest.size()), named, repeated);
    }

    private static List<Known> all() {
        List<Known> known = new ArrayList<>();
        collect(Schema.ROOT, "", false, known);
        return List.copyOf(known);
    }

    private static void collect(
            Kind.Section section, String path, boolean repeated, List<Known> known) {
        for (Key key : section.keys()) {
            Optional<Kind.Section> inner = key.kind().table();
            if (key.inline()) {
                inner.ifPresent(table -> collect(table, path, repeated, known));
                continue;
            }
            String keyPath = KeyPath.join(path, key.name());
            known.add(new Known(keyPath, key.kind(), repeated));
            boolean named = key.kind() instanceof Kind.Named;
            String innerPath = named ? KeyPath.join(keyPath, KeyPath.NAME) : keyPath;
            boolean inList = repeated || !(named || key.kind() instanceof Kind.Section);
            inner.ifPresent(table -> collect(table, innerPath, inList, known));
        }
    }
}
