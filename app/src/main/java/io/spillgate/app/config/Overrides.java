package io.spillgate.app.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What `--set` and the environment say, by the key's full path.
final class Overrides {
    /// Every variable that begins so is ours.
    static final String PREFIX = "SPILLGATE_";

    private final Map<String, Node.Member> options = new HashMap<>();
    private final Map<String, Node.Member> variables = new HashMap<>();
    private final Problems problems;

    private Overrides(Problems problems) {
        this.problems = problems;
    }

    /// Finds the key for each; what fits none is a problem that names the nearest.
    static Overrides read(List<String> sets, Map<String, String> environment, Problems problems) {
        Overrides overrides = new Overrides(problems);
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

    private void variable(String name, String value) {
        if (!name.startsWith(PREFIX)
                || name.equals(PREFIX + "HOME")
                || name.startsWith(PREFIX + "JAVA")) {
            return;
        }
        Place place = new Place.Variable(name);
        String wanted = joined(name.substring(PREFIX.length()));
        Optional<Schema.Known> known =
                Schema.KNOWN.stream().filter(key -> joined(key.path()).equals(wanted)).findFirst();
        if (known.isEmpty()) {
            Schema.Known nearest = Relaxed.nearest(wanted, settable(), key -> joined(key.path()));
            problems.add(
                    place,
                    "",
                    "is not a key, the nearest is "
                            + nearest.variable()
                            + " ("
                            + nearest.path()
                            + ")");
            return;
        }
        accept(variables, known.get(), name, place, value)
                .ifPresent(before ->
                        problems.add(
                                place,
                                known.get().path(),
                                "is also set by " + before.name() + ", must be set once"));
    }

    private void option(String text) {
        Place place = new Place.Option();
        int equals = text.indexOf('=');
        if (equals <= 0) {
            problems.add(place, "", "is " + Quoted.excerpt(text) + ", must be path.key=value");
            return;
        }
        String path = text.substring(0, equals).strip();
        Optional<Schema.Known> known =
                Schema.KNOWN.stream()
                        .filter(key -> key.relaxed().equals(Relaxed.name(path)))
                        .findFirst();
        if (known.isEmpty()) {
            String nearest = Relaxed.nearest(path, settable(), Schema.Known::relaxed).path();
            problems.add(place, Quoted.plain(path), "is not a key, the nearest is " + nearest);
            return;
        }
        accept(options, known.get(), path, place, text.substring(equals + 1));
    }

    /// @return the value that was replaced
    private Optional<Node.Member> accept(
            Map<String, Node.Member> target,
            Schema.Known known,
            String name,
            Place place,
            String value) {
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
            problems.add(place, known.path(), "is " + Quoted.excerpt(value) + ", " + allowed);
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

    private static List<Schema.Known> settable() {
        return Schema.KNOWN.stream().filter(Schema.Known::settable).toList();
    }

    /// In the environment `_` stands for a dot, too.
    private static String joined(String path) {
        return Relaxed.name(path.replace(".", ""));
    }
}
