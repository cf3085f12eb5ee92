package io.spillgate.app.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;

/// One component of a configuration record, as a key.
///
/// @param name as the documentation writes it, for example `max_connections`
/// @param component where the value lives
/// @param kind what may be set
/// @param secret whether its value is hidden when the configuration is printed
record Key(String name, RecordComponent component, Kind kind, boolean secret) {
    /// The name that any spelling of the key has.
    String relaxed() {
        return Relaxed.name(component.getName());
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
