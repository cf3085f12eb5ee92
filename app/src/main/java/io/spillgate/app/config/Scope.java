package io.spillgate.app.config;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.Optional;

/// A table that is being bound.
///
/// @param path where it is from the top
/// @param place where it is in a file
/// @param members what it sets, by the key's name
/// @param inherits the path of the table that has the values of what is not set
record Scope(
        KeyPath path, Place place, Map<String, Node.Member> members, Optional<String> inherits) {
    Scope {
        members = Map.copyOf(members);
    }

    /// What the table sets a key to; null when it does not.
    Node.@Nullable Member member(Key key) {
        return members.get(key.name());
    }

    /// The path of a key in it.
    KeyPath path(Key key) {
        return path.key(key.name());
    }

    /// The path of what a key has that is not set.
    Optional<String> inherited(Key key) {
        return key.inherited().or(() -> inherits.map(table -> KeyPath.join(table, key.name())));
    }

    /// The same table, for the keys of a record that stand directly in it.
    Scope inline(Key key) {
        return new Scope(path, place, members, key.inherits());
    }
}
