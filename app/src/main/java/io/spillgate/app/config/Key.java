package io.spillgate.app.config;

import io.spillgate.config.Alias;
import io.spillgate.config.Inherits;
import io.spillgate.config.Inline;
import io.spillgate.config.Required;
import io.spillgate.config.Secret;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Optional;

/// One component of a configuration record, as a key.
///
/// @param name as the documentation writes it, for example `max_connections`
/// @param component where the value lives
/// @param kind what may be set
/// @param absent what it means not to set it when the record says nothing else; empty = it must be
///   set
record Key(String name, RecordComponent component, Kind kind, Optional<Object> absent) {
    /// The name that any spelling of the key has.
    String relaxed() {
        return Relaxed.name(component.getName());
    }

    /// The second name, relaxed.
    Optional<String> alias() {
        return Optional.ofNullable(component.getAnnotation(Alias.class))
                .map(alias -> Relaxed.name(alias.value()));
    }

    /// Whether its value is hidden when the configuration is printed.
    boolean secret() {
        return component.isAnnotationPresent(Secret.class);
    }

    /// Whether it must be set although there is a default.
    boolean required() {
        return component.isAnnotationPresent(Required.class);
    }

    /// Whether the keys of its table stand directly in the table around it.
    boolean inline() {
        return component.isAnnotationPresent(Inline.class);
    }

    /// The path of the table that has the same keys, for those that are not set here.
    Optional<String> inherits() {
        return Optional.ofNullable(component.getAnnotation(Inherits.class)).map(Inherits::value);
    }

    /// The path of the value that holds when this key is not set: the other table itself, or what
    /// has the same name in it.
    Optional<String> inherited() {
        boolean whole = kind instanceof Kind.Section && !inline();
        return inherits().map(table -> whole ? table : KeyPath.join(table, name));
    }

    /// The value of this key in a record.
    Object of(Object section) {
        try {
            return component.getAccessor().invoke(section);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("a record's accessor failed: " + component, e);
        }
    }
}
