package io.spillgate.app.config;

import io.spillgate.config.GatewayConfig;
import io.spillgate.config.InvalidValue;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Puts a tree and the overrides into the records, key by key as [Schema] knows them.
///
/// Never stops at a problem: what is unusable is replaced by its default, so that the rest is
/// looked at.
final class Binder {
    private final Overrides overrides;
    private final Problems problems;
    private final boolean complete;
    private final Map<String, Place> origins = new HashMap<>();

    /// @param complete false when part of the file could not be parsed; then no key is missed
    Binder(Overrides overrides, Problems problems, boolean complete) {
        this.overrides = overrides;
        this.problems = problems;
        this.complete = complete;
    }

    /// The configuration; without meaning when there are problems, empty when nothing can be built.
    Optional<GatewayConfig> bind(Node.Table tree) {
        return section(Schema.ROOT, Schema.ROOT.defaults(), tree, "")
                .map(GatewayConfig.class::cast);
    }

    /// Where each key that is set was set, by its full path; a key that is not in it has its
    /// default.
    Map<String, Place> origins() {
        return origins;
    }

    private Optional<Object> section(
            Kind.Section section, Optional<Object> defaults, Node.Table table, String path) {
        Map<Key, Node.Member> members = members(section, table, path);
        Draft draft = new Draft(section, path, table.place(), problems, complete);
        for (int i = 0; i < section.keys().size(); i++) {
            Key key = section.keys().get(i);
            Optional<Object> fallback = defaults.map(key::of).or(() -> key.kind().absent());
            key(
                    draft,
                    i,
                    key,
                    Schema.join(path, key.name()),
                    fallback,
                    members.get(key),
                    table.place());
        }
        return draft.build();
    }

    /// Sorts what the table has by key; reports names that are no key, and keys that are there
    /// twice.
    private Map<Key, Node.Member> members(Kind.Section section, Node.Table table, String path) {
        Map<String, Key> keys = new HashMap<>();
        section.keys().forEach(key -> keys.put(key.relaxed(), key));
        Map<Key, Node.Member> members = new HashMap<>();
        for (Node.Member member : table.members()) {
            Key key = keys.get(Relaxed.name(member.name()));
            if (key == null) {
                unknown(member, path);
                continue;
            }
            Node.Member before = members.putIfAbsent(key, member);
            if (before != null) {
                problems.add(
                        member.place(),
                        Schema.join(path, key.name()),
                        "is already set at "
                                + before.place()
                                + " as "
                                + Quoted.plain(before.name())
                                + ", must be set once");
            }
        }
        return members;
    }

    private void unknown(Node.Member member, String path) {
        String full = Schema.join(path, member.name());
        String nearest =
                Relaxed.nearest(
                                full.replaceAll("\\[[0-9]+]", ""),
                                Schema.KNOWN,
                                Schema.Known::relaxed)
                        .path();
        problems.add(member.place(), Quoted.plain(full), "is not a key, the nearest is " + nearest);
    }

    private void key(
            Draft draft,
            int index,
            Key key,
            String path,
            Optional<Object> fallback,
            Node.@Nullable Member member,
            Place around) {
        if (key.kind() instanceof Kind.Section section) {
            Node.Table table = table(member, path, around);
            section(section, fallback.or(section::defaults), table, path)
                    .or(() -> fallback)
                    .ifPresent(value -> draft.fallback(index, value));
            return;
        }
        fallback.ifPresent(value -> draft.fallback(index, value));
        List<Node.Member> given = overrides.of(path);
        if (member != null && !(member.value() instanceof Node.Nothing)) {
            given.add(member);
        }
        for (Node.Member one : given.reversed()) {
            draft.set(index, one.place(), value(key.kind(), one.value(), path));
            origins.put(path, one.place());
        }
        if (given.isEmpty() && fallback.isEmpty() && complete) {
            problems.add(around, path, "is missing, must be set");
        }
    }

    private Node.Table table(Node.@Nullable Member member, String path, Place around) {
        if (member == null) {
            return new Node.Table(around, List.of());
        }
        return switch (member.value()) {
            case Node.Table table -> new Node.Table(member.place(), table.members());
            case Node.Nothing nothing -> new Node.Table(nothing.place(), List.of());
            case Node.Scalar _, Node.Sequence _ -> {
                problems.add(member.place(), path, "is not a table, must hold keys");
                yield new Node.Table(member.place(), List.of());
            }
        };
    }

    /// @return empty when it is unusable, which is then reported
    private Optional<Object> value(Kind kind, Node node, String path) {
        return switch (kind) {
            case Kind.Single(Leaf leaf) -> single(leaf, node, path);
            case Kind.Maybe(Kind of) -> value(of, node, path).map(Optional::of);
            case Kind.Many(Kind of) -> many(of, node, path);
            case Kind.Section section -> {
                if (node instanceof Node.Table table) {
                    yield section(section, section.defaults(), table, path);
                }
                problems.add(node.place(), path, "is not a table, must hold keys");
                yield Optional.empty();
            }
        };
    }

    private Optional<Object> single(Leaf leaf, Node node, String path) {
        if (!(node instanceof Node.Scalar(Place place, String text))) {
            String what =
                    node instanceof Node.Nothing
                            ? "a null"
                            : node instanceof Node.Table ? "a table" : "a list";
            problems.add(node.place(), path, "is " + what + ", must be a single value");
            return Optional.empty();
        }
        try {
            return Optional.of(leaf.parse().apply(text));
        } catch (InvalidValue e) {
            problems.add(place, path, Quoted.line(e.getMessage()));
            return Optional.empty();
        }
    }

    private Optional<Object> many(Kind of, Node node, String path) {
        if (node instanceof Node.Scalar && of instanceof Kind.Single) {
            return value(of, node, path).map(List::of);
        }
        if (!(node instanceof Node.Sequence(Place _, List<Node> items))) {
            String allowed =
                    of instanceof Kind.Section
                            ? "must be a list of tables, [[" + path + "]]"
                            : "must be a list";
            problems.add(node.place(), path, "is not a list, " + allowed);
            return Optional.empty();
        }
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            value(of, items.get(i), path + "[" + i + "]").ifPresent(values::add);
        }
        return values.size() == items.size() ? Optional.of(values) : Optional.empty();
    }
}
