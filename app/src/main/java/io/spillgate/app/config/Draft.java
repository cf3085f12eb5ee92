package io.spillgate.app.config;

import io.spillgate.config.InvalidValue;

import org.jspecify.annotations.Nullable;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The values of one record before it is built.
///
/// A record's constructor stops at the first value it refuses. To find them all, the draft puts the
/// fallback in its place and tries again.
final class Draft {
    private final Kind.Section section;
    private final KeyPath path;
    private final Place place;
    private final Origins origins;
    private final Problems problems;
    private final @Nullable Object[] values;
    private final @Nullable Object[] fallbacks;
    private final boolean[] refused;
    private boolean repaired;

    /// @param path of the section
    /// @param place of the section, for what no single key is to blame for
    /// @param origins where its keys were set
    /// @param complete false when something was lost before; then what is refused as a whole may
    ///   only lack that
    Draft(
            Kind.Section section,
            KeyPath path,
            Place place,
            Origins origins,
            Problems problems,
            boolean complete) {
        int size = section.keys().size();
        this.section = section;
        this.path = path;
        this.place = place;
        this.origins = origins;
        this.problems = problems;
        this.repaired = !complete;
        this.values = new @Nullable Object[size];
        this.fallbacks = new @Nullable Object[size];
        this.refused = new boolean[size];
    }

    /// Says what holds for a key that is not set, or not usable; without it the key is required.
    void fallback(int index, Object value) {
        fallbacks[index] = value;
        values[index] = value;
    }

    /// Sets a key.
    ///
    /// @param value empty when what was written is unusable and has been reported
    void set(int index, Optional<Object> value) {
        if (value.isPresent()) {
            values[index] = value.get();
        } else {
            repaired = true;
        }
    }

    /// What the key is now.
    Optional<Object> value(int index) {
        return Optional.ofNullable(values[index]);
    }

    /// Builds the record. When a value is refused it is reported; the result then serves to find
    /// more problems.
    ///
    /// @return empty when there is not enough to build from
    Optional<Object> build() {
        if (Arrays.asList(values).contains(null)) {
            return Optional.empty();
        }
        try {
            return Optional.of(constructor().newInstance(values));
        } catch (InvocationTargetException e) {
            if (!(e.getCause() instanceof InvalidValue invalid)) {
                throw new IllegalStateException(
                        "a configuration record failed: " + section.type(), e);
            }
            return repair(invalid) ? build() : Optional.empty();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "a configuration record cannot be made: " + section.type(), e);
        }
    }

    private boolean repair(InvalidValue invalid) {
        String component = invalid.key().replaceFirst("[.\\[].*", "");
        int index = indexOf(component);
        String keyPath =
                index < 0
                        ? path.shown()
                        : keyPath(index) + invalid.key().substring(component.length());
        Optional<Place> from =
                index < 0 || refused[index] ? Optional.empty() : origins.place(keyPath);
        if (from.isEmpty()) {
            if (!repaired) { // else it may only be the repair that does not fit
                problems.add(place, keyPath, message(invalid));
            }
            return false;
        }
        problems.add(from.get(), keyPath, message(invalid));
        repaired = true;
        refused[index] = true;
        values[index] = fallbacks[index];
        return values[index] != null;
    }

    private int indexOf(String component) {
        List<Key> keys = section.keys();
        for (int i = 0; i < keys.size(); i++) {
            if (keys.get(i).component().getName().equals(component)) {
                return i;
            }
        }
        return -1;
    }

    private String keyPath(int index) {
        return path.key(section.keys().get(index).name()).shown();
    }

    private Constructor<?> constructor() throws NoSuchMethodException {
        Class<?>[] types =
                Arrays.stream(section.type().getRecordComponents())
                        .map(RecordComponent::getType)
                        .toArray(Class<?>[]::new);
        return section.type().getDeclaredConstructor(types);
    }

    private static String message(InvalidValue invalid) {
        return Quoted.line(invalid.getMessage());
    }
}
