package io.spillgate.app.config;

import io.spillgate.config.GatewayConfig;
import io.spillgate.config.InvalidValue;

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
    private final BareTimes bareTimes = new BareTimes();
    private final Tables tables;

    /// What other keys may inherit, by path.
    private final Map<String, Object> resolved = new HashMap<>();

    /// @param complete false when part of the file could not be parsed; then no key is missed
    Binder(Overrides overrides, Problems problems, boolean complete) {
        this.overrides = overrides;
        this.problems = problems;
        this.tables = new Tables(problems);
        this.complete = complete;
    }

    /// The configuration; without meaning when there are problems, empty when nothing can be built.
    Optional<GatewayConfig> bind(Node.Table tree) {
        Scope all = tables.scope(Schema.ROOT, tree, KeyPath.ROOT, Optional.empty());
        return section(Schema.ROOT, Schema.ROOT.defaults(), all).map(GatewayConfig.class::cast);
    }

    /// Where each value came from.
    Origins origins() {
        return origins;
    }

    /// What is allowed but probably not meant, one line each.
    List<String> warnings() {
        return bareTimes.warnings();
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
            if (scope.path().isUnique()) {
                draft.value(index).ifPresent(value -> resolved.put(scope.path(key).shown(), value));
            }
        }
        return draft.build();
    }

    private void key(Draft draft, int index, Key key, Optional<Object> fallback, Scope scope) {
        Optional<Object> value =
                switch (key.kind()) {
                    case Kind.Section inner when key.inline() ->
                            section(inner, fallback, scope.inline(key)).or(() -> fallback);
                    case Kind.Section inner ->
                            table(inner, key, fallback, scope).or(() -> fallback);
                    case Kind.Named(Kind.Section of) -> Optional.of(named(of, key, scope));
                    case Kind.Single _, Kind.Maybe _, Kind.Many _, Kind.Pairs _ -> fallback;
                };
        value.ifPresent(known -> draft.fallback(index, known));
        if (key.kind().isValue()) {
            values(draft, index, key, scope);
        }
    }

    private Optional<Object> table(
            Kind.Section section, Key key, Optional<Object> fallback, Scope around) {
        KeyPath path = around.path(key);
        Node.Table table = tables.table(around.member(key), path, around.place());
        Scope scope = tables.scope(section, table, path, around.inherited(key));
        return section(section, fallback.or(section::defaults), scope);
    }

    /// A table for each name that the file or `--set` has.
    private Map<String, Object> named(Kind.Section of, Key key, Scope around) {
        KeyPath path = around.path(key);
        Node.Member member = around.member(key);
        if (member != null) {
            origins.set(path.shown(), member.place());
        }
        Node.Table all = tables.table(member, path, around.place());
        Map<String, Node.Member> members = tables.named(all, path);
        overrides.named(path.shown()).forEach(set -> members.putIfAbsent(set.name(), set));
        Map<String, Object> values = new LinkedHashMap<>();
        members.forEach((name, one) -> {
            KeyPath its = path.named(name);
            Node.Table table = tables.table(one, its, one.place());
            section(of, of.defaults(), tables.scope(of, table, its, Optional.empty()))
                    .or(of::defaults)
                    .ifPresent(value -> values.put(name, value));
        });
        return values;
    }

    private void values(Draft draft, int index, Key key, Scope scope) {
        KeyPath path = scope.path(key);
        Node.Member member = scope.member(key);
        List<Node.Member> given = overrides.of(path.shown());
        boolean none = member != null && member.value() instanceof Node.Nothing;
        if (none && key.kind() instanceof Kind.Maybe) {
            draft.fallback(index, Optional.empty()); // also where there is something to inherit
        } else if (member != null && !none) {
            given.add(member);
        }
        Optional<Object> usual = draft.value(index);
        for (Node.Member one : given.reversed()) {
            Optional<Object> value = value(key, one.value(), path);
            draft.set(index, value);
            origins.set(path.shown(), one.place());
            bareTimes.look(key, path, one.value(), value, usual);
        }
        if (!given.isEmpty()) {
            return;
        }
        scope.inherited(key).ifPresent(other -> origins.inherit(path.shown(), other));
        boolean missing = key.required() || draft.value(index).isEmpty();
        if (missing && complete) {
            problems.add(scope.place(), path.shown(), "is missing, must be set");
        }
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
            case Kind.Section section when node instanceof Node.Table table ->
                    section(
                            section,
                            section.defaults(),
                            tables.scope(section, table, path, Optional.empty()));
            case Kind.Section section -> word(section, node, path);
            case Kind.Pairs(Leaf leaf) -> pairs(leaf, node, path);
            case Kind.Named _ -> throw new IllegalStateException("named tables in " + path.shown());
        };
    }

    /// What is written in the place of a table.
    private Optional<Object> word(Kind.Section section, Node node, KeyPath path) {
        Optional<String> word = section.word();
        if (node instanceof Node.Scalar(Place place, String text)
                && word.equals(Optional.of(text))) {
            return value(section, new Node.Table(place, List.of()), path);
        }
        problems.add(
                node.place(),
                path.shown(),
                word.map(only -> "is not a table, must be \"" + only + "\" or hold keys")
                        .orElse("is not a table, must hold keys"));
        return Optional.empty();
    }

    private Optional<Object> pairs(Leaf leaf, Node node, KeyPath path) {
        if (!(node instanceof Node.Table table)) {
            problems.add(node.place(), path.shown(), "is not a table, must hold names and values");
            return Optional.empty();
        }
        Map<String, Object> values = new LinkedHashMap<>();
        Map<String, Node.Member> members = tables.named(table, path);
        members.forEach((name, one) ->
                single(leaf, one.value(), path.named(name))
                        .ifPresent(value -> values.put(name, value)));
        return values.size() == members.size() ? Optional.of(values) : Optional.empty();
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
        List<Node> few = of instanceof Kind.Section ? tables.few(items, node.place(), path) : items;
        for (int i = 0; i < few.size(); i++) {
            value(of, few.get(i), path.item(i)).ifPresent(values::add);
        }
        return values.size() == items.size() ? Optional.of(values) : Optional.empty();
    }
}
