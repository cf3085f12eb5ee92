package io.spillgate.app.config;

import org.jspecify.annotations.Nullable;

/// Where a table or a key is, from the top.
///
/// @param parent what it is in; null at the top
/// @param shown the path that the user knows: `routes[2].path`, `http-destinations."a.b".addresses`
/// @param general the path in [KnownKeys]: no indexes, and NAME for a name that the user gave
record KeyPath(@Nullable KeyPath parent, String shown, String general) {
    /// The whole configuration.
    static final KeyPath ROOT = new KeyPath(null, "", "");

    /// Stands for any name that the user may give.
    static final String NAME = "NAME";

    /// `path.name`, or the name alone at the top.
    static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /// A name that the user gave, as TOML writes it in a path.
    static String literal(String name) {
        return name.matches("[A-Za-z0-9_-]+") ? name : Quoted.literal(name);
    }

    /// Whether there is no name of the user's and no index in it.
    boolean isUnique() {
        return shown.equals(general);
    }

    /// A key in this table.
    KeyPath key(String name) {
        return new KeyPath(this, join(shown, name), join(general, name));
    }

    /// A table with a name of the user's.
    KeyPath named(String name) {
        return new KeyPath(this, join(shown, literal(name)), join(general, NAME));
    }

    /// An item of a list.
    KeyPath item(int index) {
        return new KeyPath(this, shown + "[" + index + "]", general);
    }

    /// The table that this one is in, without names and indexes.
    String outer() {
        return general.substring(0, Math.max(0, general.lastIndexOf('.')));
    }

    /// A general path with the names and indexes that it has in common with this one.
    String concrete(String other) {
        for (KeyPath path = this; path != null; path = path.parent) {
            if (other.equals(path.general)) {
                return path.shown;
            }
            if (other.startsWith(path.general + ".")) {
                return path.shown + other.substring(path.general.length());
            }
        }
        return other;
    }
}
