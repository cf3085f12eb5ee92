package io.spillgate.app.config;

import org.tomlj.Toml;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What `--set` and the environment say, by the key's full path.
final class Overrides {
    /// Every variable that begins so is ours.
    static final String PREFIX = "SPILLGATE_";

    private final Map<String, Node.Member> options = new HashMap<>();
    private final Map<String, Node.Member> variables = new HashMap<>();
    private final Variables known;
    private final Problems problems;

    private Overrides(Variables known, Problems problems) {
        this.known = known;
        this.problems = problems;
    }

    /// Finds the key for each; what fits none is a problem that names the nearest.
    ///
    /// @param file in which the names stand that variables can have in them
    static Overrides read(
            List<String> sets,
            Map<String, String> environment,
            Node.Table file,
            Problems problems) {
        Overrides overrides = new Overrides(new Variables(file), problems);
        new TreeMap<>(environment).forEach(overrides::variable);
        sets.forEach(overrides::option);
        return overrides;
    }

    /// The values for a path, highest first. The member's name is what the user wrote.
    List<Node.Member> of(String path) {
        List<Node.Member> found = new ArrayList<>(2);
        Optional.ofNullable(options.get(path)).ifPresent(found::add);
        Optional.ofNullable(variables.get(path)).ifPresent(found::add);
        return found;
    }

    /// An empty table for each name of the user's below a path that `--set` has a key for.
    List<Node.Member> named(String path) {
        String prefix = path + ".";
        return options.entrySet().stream()
                .filter(option -> option.getKey().startsWith(prefix))
                .map(option -> {
                    Place place = option.getValue().place();
                    String name = names(option.getKey().substring(prefix.length())).getFirst();
                    return new Node.Member(name, place, new Node.Nothing(place));
                })
                .toList();
    }

    private void variable(String name, String value) {
        if (!name.startsWith(PREFIX)) {
            return;
        }
        String key = name.substring(PREFIX.length());
        Place place = new Place.Variable(name);
        List<Known> found = known.find(key);
        if (found.isEmpty() && ForeignVariables.has(key, value)) {
            return;
        }
        if (found.size() != 1) {
            problems.add(place, "", found.isEmpty() ? unknown(name) : ambiguous(found));
            return;
        }
        String path = found.getFirst().path();
        accept(variables, found.getFirst(), name, place, value)
                .ifPresent(before ->
                        problems.add(
                                place,
                                path,
                                "is also set by " + before.name() + ", must be set once"));
    }

    private String unknown(String name) {
        return Nearest.notAKey(
                known.nearest(name.substring(PREFIX.length()))
                        .map(nearest -> nearest.variable() + " (" + nearest.path() + ")"));
    }

    private static String ambiguous(List<Known> found) {
        return "may be "
                + found.stream().map(Known::path).collect(Collectors.joining(" or "))
                + ", must be set by --set or in the file";
    }

    private void option(String text) {
        Place place = new Place.Option();
        int equals = text.indexOf('=');
        if (equals <= 0) {
            problems.add(place, "", "is " + Quoted.excerpt(text) + ", must be path.key=value");
            return;
        }
        String path = text.substring(0, equals).strip();
        List<String> names = names(path);
        Optional<Known> known = KnownKeys.find(names);
        if (known.isEmpty()) {
            KeyPath unknown = KnownKeys.path(names);
            Optional<String> nearest =
                    Nearest.of(unknown.general(), settable(), Known::relaxed)
                            .map(key -> unknown.concrete(key.path()));
            problems.add(place, Quoted.plain(path), Nearest.notAKey(nearest));
            return;
        }
        accept(options, known.get(), path, place, text.substring(equals + 1));
    }

    /// @return the value that was replaced
    private Optional<Node.Member> accept(
            Map<String, Node.Member> target, Known known, String name, Place place, String value) {
        if (!known.settable()) {
            String reason =
                    known.repeated()
                            ? "is inside a list, must be set with the whole list or in a file"
                            : "is a section, must be one of the keys in it";
            problems.add(place, known.path(), reason);
            return Optional.empty();
        }
        Optional<Node> node =
                known.kind() instanceof Kind.Many(Kind of)
                        ? list(value.strip(), of, place)
                        : Optional.of(new Node.Scalar(place, value));
        if (node.isEmpty()) {
            String allowed =
                    "must be a TOML array such as [\"a\", \"b\"] or [{path=\"/x\", stream=\"x\"}]";
            problems.add(place, known.path(), "is no list, " + allowed); // it may be a secret
            return Optional.empty();
        }
        return Optional.ofNullable(
                target.put(known.path(), new Node.Member(name, place, node.get())));
    }

    /// A TOML array, or values between commas.
    ///
    /// @return empty when it is neither
    private static Optional<Node> list(String text, Kind of, Place place) {
        if (text.isEmpty()) {
            return Optional.of(new Node.Sequence(place, List.of()));
        }
        if (text.startsWith("[") || of instanceof Kind.Section) {
            return TomlTree.array(text, place);
        }
        List<Node> items = new ArrayList<>();
        for (String item : text.split(",", -1)) {
            items.add(new Node.Scalar(place, item.strip()));
        }
        return Optional.of(new Node.Sequence(place, items));
    }

    private static List<Known> settable() {
        return KnownKeys.ALL.stream().filter(Known::settable).toList();
    }

    /// The parts of a path with dots between; a part with dots in it is in quotes.
    private static List<String> names(String path) {
        try {
            return Toml.parseDottedKey(path);
        } catch (IllegalArgumentException e) {
            return List.of(path.split("\\.", -1));
        }
    }
}
