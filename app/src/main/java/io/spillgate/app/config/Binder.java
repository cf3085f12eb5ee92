package io.spillgate.app.config;

import io.spillgate.config.GatewayConfig;
import io.spillgate.config.InvalidValue;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
    private final Origins origins = new Origins();
    private final Suggestions suggestions = new Suggestions();

    /// What other keys may inherit, by path.
    private final Map<String, Object> resolved = new HashMap<>();

    /// @param complete false when part of the file could not be parsed; then no key is missed
    Binder(Overrides overrides, Problems problems, boolean complete) {
        this.overrides = overrides;
        this.problems = problems;
        this.complete = complete;
    }

    /// The configuration; without meaning when there are problems, empty when nothing can be built.
    Optional<GatewayConfig> bind(Node.Table tree) {
        Scope all = scope(Schema.ROOT, tree, KeyPath.ROOT, Optional.empty());
        return section(Schema.ROOT, Schema.ROOT.defaults(), all).map(GatewayConfig.class::cast);
    }

    /// Where each value came from.
    Origins origins() {
        return origins;
    }

    /// A table that is being bound.
    ///
    /// @param members what it sets
    /// @param inherits the path of the table that has the values of what is not set
    private record Scope(
            KeyPath path, Place place, Map<Key, Node.Member> members, Optional<String> inherits) {
        Scope inheriting(Optional<String> from) {
            return new Scope(path, place, members, from);
        }
    }

    /// Sorts what the table has by key; reports names that are no key, and keys that are there
    /// twice.
    private Scope scope(
            Kind.Section section, Node.Table table, KeyPath path, Optional<String> inherits) {
        Map<String, Key> keys = section.byName();
        Map<Key, Node.Member> members = new HashMap<>();
        for (Node.Member member : table.members()) {
            Key key = keys.get(Relaxed.name(member.name()));
            if (key == null) {
                problems.add(
                        member.place(),
                        Quoted.plain(KeyPath.join(path.shown(), member.name())),
                        suggestions.of(member.name(), section, path));
                continue;
            }
            Node.Member before = members.putIfAbsent(key, member);
            if (before != null) {
                twice(member, before, path.key(key.name()));
            }
        }
        return new Scope(path, table.place(), members, inherits);
    }

    private void twice(Node.Member member, Node.Member before, KeyPath path) {
        problems.add(
                member.place(),
                path.shown(),
                "is already set at "
                        + before.place()
                        + " as "
                        + Quoted.plain(before.name())
                        + ", must be set once");
    }

    private Optional<Object> section(Kind.Section section, Optional<Object> defaults, Scope scope) {
        Draft draft = new Draft(section, scope.path(), scope.place(), origins, problems, complete);
        for (int index : section.bindingOrder()) {
            Key key = section.keys().get(index);
            Optional<Object> fallback =
                    key.inherited()
                            .map(resolved::get)
                            .or(() -> defaults.map(key::of))
                            .or(key::absent);
            key(draft, index, key, fallback, scope);
            draft.value(index)
                    .ifPresent(value -> resolved.put(scope.path().key(key.name()).shown(), value));
        }
        return draft.build();
    }

    private void key(Draft draft, int index, Key key, Optional<Object> fallback, Scope scope) {
        KeyPath path = scope.path().key(key.name());
        Node.Member member = scope.members().get(key);
        switch (key.kind()) {
            case Kind.Section inner when key.inline() ->
                    section(inner, fallback, scope.inheriting(key.inherits()))
                            .or(() -> fallback)
                            .ifPresent(value -> draft.fallback(index, value));
            case Kind.Section inner -> {
                Optional<String> from = from(key, scope);
                Scope in = scope(inner, table(member, path, scope.place()), path, from);
                Optional<Object> defaults = fallback.or(inner::defaults);
                section(inner, defaults, in)
                        .or(() -> fallback)
                        .ifPresent(value -> draft.fallback(index, value));
            }
            case Kind.Named(Kind.Section of) -> {
                Node.Table tables = table(member, path, scope.place());
                draft.fallback(index, named(of, tables, path));
                if (member != null) {
                    origins.set(path.shown(), member.place());
                }
            }
            case Kind.Single _, Kind.Maybe _, Kind.Many _ -> {
                fallback.ifPresent(value -> draft.fallback(index, value));
                values(draft, index, key, scope);
            }
        }
    }

    private static Optional<String> from(Key key, Scope scope) {
        return key.inherited()
                .or(() -> scope.inherits().map(table -> KeyPath.join(table, key.name())));
    }

    private void values(Draft draft, int index, Key key, Scope scope) {
        KeyPath path = scope.path().key(key.name());
        List<Node.Member> given = overrides.of(path.shown());
        Node.Member member = scope.members().get(key);
        boolean none = member != null && member.value() instanceof Node.Nothing;
        if (none && key.kind() instanceof Kind.Maybe) {
            draft.fallback(index, Optional.empty()); // also where there is something to inherit
        } else if (member != null && !none) {
            given.add(member);
        }
        for (Node.Member one : given.reversed()) {
            draft.set(index, value(key, one.value(), path));
            origins.set(path.shown(), one.place());
        }
        if (given.isEmpty()) {
            from(key, scope).ifPresent(other -> origins.inherit(path.shown(), other));
        }
        boolean missing = key.required() || draft.value(index).isEmpty();
        if (given.isEmpty() && missing && complete) {
            problems.add(scope.place(), path.shown(), "is missing, must be set");
        }
    }

    private Map<String, Object> named(Kind.Section of, Node.Table table, KeyPath path) {
        Map<String, Node.Member> members = new LinkedHashMap<>();
        for (Node.Member member : table.members()) {
            Node.Member before = members.putIfAbsent(member.name(), member);
            if (before != null) {
                twice(member, before, path.named(member.name()));
            }
        }
        overrides.named(path.shown()).forEach(member -> members.putIfAbsent(member.name(), member));
        Map<String, Object> values = new LinkedHashMap<>();
        members.forEach((name, member) -> {
            KeyPath itsPath = path.named(name);
            Node.Table inner = table(member, itsPath, member.place());
            section(of, of.defaults(), scope(of, inner, itsPath, Optional.empty()))
                    .or(of::defaults)
                    .ifPresent(value -> values.put(name, value));
        });
        return values;
    }

    private Node.Table table(Node.@Nullable Member member, KeyPath path, Place around) {
        if (member == null) {
            return new Node.Table(around, List.of());
        }
        return switch (member.value()) {
            case Node.Table table -> new Node.Table(member.place(), table.members());
            case Node.Nothing nothing -> new Node.Table(nothing.place(), List.of());
            case Node.Scalar _, Node.Sequence _ -> {
                problems.add(member.place(), path.shown(), "is not a table, must hold keys");
                yield new Node.Table(member.place(), List.of());
            }
        };
    }

    private Optional<Object> value(Key key, Node node, KeyPath path) {
        Optional<Object> value = value(key.kind(), node, path);
        if (key.required() && value.isPresent() && value.get().equals(List.of())) {
            problems.add(node.place(), path.shown(), "is empty, must have at least one value");
            return Optional.empty();
        }
        return value;
    }

    /// @return empty when it is unusable, which is then reported
    private Optional<Object> value(Kind kind, Node node, KeyPath path) {
        return switch (kind) {
            case Kind.Single(Leaf leaf) -> single(leaf, node, path);
            case Kind.Maybe(Kind of) -> value(of, node, path).map(Optional::of);
            case Kind.Many(Kind of) -> many(of, node, path);
            case Kind.Named(Kind.Section of) when node instanceof Node.Table table ->
                    Optional.of(named(of, table, path));
            case Kind.Section section when node instanceof Node.Table table ->
                    section(
                            section,
                            section.defaults(),
                            scope(section, table, path, Optional.empty()));
            case Kind.Section _, Kind.Named _ -> {
                problems.add(node.place(), path.shown(), "is not a table, must hold keys");
                yield Optional.empty();
            }
        };
    }

    private Optional<Object> single(Leaf leaf, Node node, KeyPath path) {
        if (!(node instanceof Node.Scalar(Place place, String text))) {
            String what =
                    node instanceof Node.Nothing
                            ? "a null"
                            : node instanceof Node.Table ? "a table" : "a list";
            problems.add(node.place(), path.shown(), "is " + what + ", must be a single value");
            return Optional.empty();
        }
        try {
            return Optional.of(leaf.parse().apply(text));
        } catch (InvalidValue e) {
            problems.add(place, path.shown(), Quoted.line(e.getMessage()));
            return Optional.empty();
        }
    }

    private Optional<Object> many(Kind of, Node node, KeyPath path) {
        if (node instanceof Node.Scalar && of instanceof Kind.Single) {
            return value(of, node, path).map(List::of);
        }
        if (!(node instanceof Node.Sequence(Place _, List<Node> items))) {
            String allowed =
                    of instanceof Kind.Section
                            ? "must be a list of tables, [[" + path.shown() + "]]"
                            : "must be a list";
            problems.add(node.place(), path.shown(), "is not a list, " + allowed);
            return Optional.empty();
        }
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            value(of, items.get(i), path.item(i)).ifPresent(values::add);
        }
        return values.size() == items.size() ? Optional.of(values) : Optional.empty();
    }
}
