package io.spillgate.app.config;

import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseOptions;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/// TOML as a tree.
final class TomlTree {
    private static final TomlParseOptions OPTIONS =
            TomlParseOptions.sourceless().withMaxNestingDepth(TreeLimits.MAX_DEPTH);

    private final IntFunction<Place> places;

    private TomlTree(IntFunction<Place> places) {
        this.places = places;
    }

    /// Reads a document. A broken line becomes a problem; the rest is in the tree, unless the
    /// broken line may have opened a table: then it cannot be said which keys are whose, and the
    /// tree is empty.
    static Node.Table read(SourceText source, Problems problems) {
        TomlLines lines = new TomlLines(source.text());
        List<String> texts = lines.text().lines().toList();
        Optional<TomlParseResult> parsed = parsed(lines.text());
        if (parsed.isEmpty()) {
            int line = lines.number(firstUnparsable(texts));
            problems.add(
                    source.at(line),
                    "",
                    "not TOML: has a bracket that is not closed where it should be");
            return new Node.Table(source.at(0), List.of());
        }
        boolean headerLost = false;
        for (TomlParseError error : parsed.get().errors()) {
            int line = error.position().line();
            problems.add(
                    source.at(lines.number(line)),
                    "",
                    "not TOML: " + Quoted.line(error.getMessage()));
            headerLost |= line <= texts.size() && texts.get(line - 1).strip().startsWith("[");
        }
        return headerLost
                ? new Node.Table(source.at(0), List.of())
                : new TomlTree(line -> source.at(lines.number(line)))
                        .table(parsed.get(), source.at(0));
    }

    /// Reads the text of an array, as in `["a", "b"]`.
    ///
    /// @return empty when it is none
    static Optional<Node> array(String text, Place place) {
        return parsed("array = " + text)
                .filter(result -> !result.hasErrors() && result.size() == 1)
                .map(result -> result.get(List.of("array")))
                .filter(TomlArray.class::isInstance)
                .map(array -> new TomlTree(_ -> place).array((TomlArray) array, place));
    }

    /// @return empty when the parser breaks, as it does on some inline tables that do not end where
    ///   they should
    private static Optional<TomlParseResult> parsed(String text) {
        try {
            return Optional.of(Toml.parse(text, OPTIONS));
        } catch (NullPointerException e) {
            return Optional.empty();
        }
    }

    /// A line up to which the parser breaks, while it does not without it; counts from 1.
    private static int firstUnparsable(List<String> lines) {
        int good = 0;
        int bad = lines.size();
        while (bad - good > 1) {
            int middle = (good + bad) / 2;
            if (parsed(String.join("\n", lines.subList(0, middle)) + "\n").isPresent()) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        return bad;
    }

    private Node.Table table(TomlTable table, Place place) {
        List<Node.Member> members = new ArrayList<>();
        for (String name : table.keySet()) {
            List<String> key = List.of(name);
            Place at = place(table.inputPositionOf(key), place);
            members.add(new Node.Member(name, at, node(table.get(key), at)));
        }
        return new Node.Table(place, members);
    }

    private Node.Sequence array(TomlArray array, Place place) {
        List<Node> items = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            items.add(node(array.get(i), place(array.inputPositionOf(i), place)));
        }
        return new Node.Sequence(place, items);
    }

    private Node node(@Nullable Object value, Place place) {
        return switch (value) {
            case null -> new Node.Nothing(place);
            case TomlTable table -> table(table, place);
            case TomlArray array -> array(array, place);
            default -> new Node.Scalar(place, value.toString());
        };
    }

    private Place place(@Nullable TomlPosition position, Place otherwise) {
        return position == null ? otherwise : places.apply(position.line());
    }
}
