package io.spillgate.app.config;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Looks at what a table holds before its values are read.
final class Tables {
    /// Tables in one list, or with names of the user's in one table; each costs as much as its
    /// defaults.
    static final int MOST_TABLES = 10_000;

    private final Problems problems;
    private final Suggestions suggestions = new Suggestions();

    Tables(Problems problems) {
        this.problems = problems;
    }

    /// Sorts what a table has by key; reports names that are no key, and keys that are there twice.
    Scope scope(Kind.Section section, Node.Table table, KeyPath path, Optional<String> inherits) {
        Map<String, Key> keys = section.byName();
        Map<String, Node.Member> members = new HashMap<>();
        for (Node.Member member : table.members()) {
            Key key = keys.get(member.relaxed());
            if (key == null) {
                problems.add(
                        member.place(),
                        Quoted.plain(KeyPath.join(path.shown(), member.name())),
                        suggestions.of(member.name(), section, path));
                continue;
            }
            once(member, members.putIfAbsent(key.name(), member), path.key(key.name()));
        }
        return new Scope(path, table.place(), members, inherits);
    }

    /// Sorts tables by the names that the user gave them; reports names that are there twice.
    Map<String, Node.Member> named(Node.Table table, KeyPath path) {
        Map<String, Node.Member> members = new LinkedHashMap<>();
        for (Node.Member member : few(table.members(), table.place(), path)) {
            Node.Member before = members.putIfAbsent(member.name(), member);
            once(member, before, path.named(member.name()));
        }
        return members;
    }

    /// At most [#MOST_TABLES] of them; reports it when there are more.
    <T> List<T> few(List<T> tables, Place place, KeyPath path) {
        if (tables.size() <= MOST_TABLES) {
            return tables;
        }
        problems.add(
                place,
                path.shown(),
                "has " + tables.size() + " tables, must have at most " + MOST_TABLES);
        return tables.subList(0, MOST_TABLES);
    }

    /// What a member holds as a table; empty when it is absent or, which is reported, none.
    ///
    /// @param around where the table would be when it is absent
    Node.Table table(Node.@Nullable Member member, KeyPath path, Place around) {
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

    private void once(Node.Member member, Node.@Nullable Member before, KeyPath path) {
        if (before != null) {
            problems.add(
                    member.place(),
                    path.shown(),
                    "is already set at "
                            + before.place()
                            + " as "
                            + Quoted.plain(before.name())
                            + ", must be set once");
        }
    }
}
