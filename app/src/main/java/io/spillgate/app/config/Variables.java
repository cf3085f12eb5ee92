package io.spillgate.app.config;

import java.util.ArrayList;
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
        return Relaxed.name(path.replaceAll("[.\"]", ""));
    }

    /// The keys that a variable names; several when names of the user's are too much alike.
    ///
    /// @param variable without the prefix
    List<Known> find(String variable) {
        String wanted = joined(variable);
        return Stream.concat(fixed(), inTables(wanted).stream())
                .filter(known -> joined(known.path()).equals(wanted))
                .distinct()
                .toList();
    }

    /// The key that can be set and is the most like a variable, if one is.
    Optional<Known> nearest(String variable) {
        String wanted = joined(variable);
        List<Known> inTables = inTables(wanted);
        Stream<Known> all = inTables.isEmpty() ? fixed() : inTables.stream();
        return Nearest.of(
                all.filter(Known::settable).toList(),
                Known::relaxed,
                known -> dotted(wanted, known));
    }

    private static Stream<Known> fixed() {
        return KnownKeys.ALL.stream().filter(known -> !known.named());
    }

    /// A variable as a path, with the table of a key if it begins with that.
    private static String dotted(String wanted, Known known) {
        String table = Nearest.table(known.relaxed());
        String joined = joined(table);
        return wanted.startsWith(joined)
                ? KeyPath.join(table, wanted.substring(joined.length()))
                : wanted;
    }

    /// The keys of the tables with names of the user's that a variable begins with.
    private List<Known> inTables(String wanted) {
        List<Known> found = new ArrayList<>();
        for (Node.Member member : file.members()) {
            Key key = Schema.ROOT.byName().get(member.relaxed());
            if (key != null
                    && key.kind() instanceof Kind.Named
                    && member.value() instanceof Node.Table tables) {
                KeyPath path = KeyPath.ROOT.key(key.name());
                tables.members().stream()
                        .map(table -> path.named(table.name()))
                        .filter(table -> wanted.startsWith(joined(table.shown())))
                        .forEach(table -> found.addAll(keys(table)));
            }
        }
        return found;
    }

    private static List<Known> keys(KeyPath table) {
        return KnownKeys.ALL.stream()
                .filter(known -> known.path().startsWith(table.general() + "."))
                .map(known -> known.at(table.concrete(known.path())))
                .toList();
    }
}
