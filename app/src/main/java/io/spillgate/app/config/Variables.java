package io.spillgate.app.config;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Which keys an environment variable can mean.
///
/// In the environment `_` stands for a dot, too, and there is no case. So a name of the user's is
/// found only when the file has it.
final class Variables {
    private final Node.Table file;

    Variables(Node.Table file) {
        this.file = file;
    }

    /// The form in which a path and a variable are equal.
    static String joined(String path) {
        return Relaxed.name(path.replace(".", ""));
    }

    /// The keys that a variable names; several when names of the user's are too much alike.
    ///
    /// @param variable without the prefix
    List<Known> find(String variable) {
        String wanted = joined(variable);
        Stream<Known> fixed =
                KnownKeys.ALL.stream()
                        .filter(known -> !known.named() && joined(known.path()).equals(wanted));
        Stream<Known> named = file.members().stream().flatMap(member -> named(member, wanted));
        return Stream.concat(fixed, named).distinct().toList();
    }

    private static Stream<Known> named(Node.Member tables, String wanted) {
        Optional<Key> key = Optional.ofNullable(Schema.ROOT.byName().get(tables.relaxed()));
        boolean ours = key.isPresent() && key.get().kind() instanceof Kind.Named;
        if (!ours || !(tables.value() instanceof Node.Table table)) {
            return Stream.empty();
        }
        String path = key.get().name();
        return table.members().stream()
                .flatMap(member ->
                        Stream.of(path, key.get().alias().orElse(path))
                                .map(spelling -> joined(spelling) + joined(member.name()))
                                .filter(wanted::startsWith)
                                .flatMap(start ->
                                        inside(
                                                path,
                                                member.name(),
                                                wanted.substring(start.length()))));
    }

    /// The keys of a named table whose rest of the path is wanted.
    private static Stream<Known> inside(String path, String name, String wanted) {
        KeyPath table = KeyPath.ROOT.key(path).named(name);
        return KnownKeys.ALL.stream()
                .filter(known -> known.path().startsWith(table.general() + "."))
                .filter(known ->
                        joined(known.path().substring(table.general().length())).equals(wanted))
                .map(known ->
                        new Known(table.concrete(known.path()), known.kind(), known.repeated()));
    }
}
