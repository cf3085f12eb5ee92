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
    private final String path;
    private final Place place;
    private final Problems problems;
    private final @Nullable Object[] values;
    private final @Nullable Object[] fallbacks;
    private final @Nullable Place[] places;
    private boolean repaired;

    /// @param path of the section
    /// @param place of the section, for what no single key is to blame for
    /// @param complete false when something was lost before; then what is refused as a whole may
    ///   only lack that
    Draft(Kind.Section section, String path, Place place, Problems problems, boolean complete) {
        int size = section.keys().size();
        this.section = section;
        this.path = path;
        this.place = place;
        this.problems = problems;
        this.repaired = !complete;
        this.values = new @Nullable Object[size];
        this.fallbacks = new @Nullable Object[size];
        this.places = new @Nullable Place[size];
    }

    /// Says what holds for a key that is not set, or not usable; without it the key is required.
    void fallback(int index, Object value) {
        fallbacks[index] = value;
        values[index] = value;
    }

    /// Sets a key.
    ///
    /// @param value empty when what was written is unusable and has been reported
    void set(int index, Place from, Optional<Object> value) {
        places[index] = from;
        if (value.isPresent()) {
            values[index] = value.get();
        } else {
            repaired = true;
        }
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
        int index = indexOf(invalid.key());
        Place from = index < 0 ? null : places[index];
        if (from == null) {
            if (!repaired) { // else it may only be the repair that does not fit
                problems.add(place, index < 0 ? path : keyPath(index), message(invalid));
            }
            return false;
        }
        problems.add(from, keyPath(index), message(invalid));
        repaired = true;
        places[index] = null;
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
        return Schema.join(path, section.keys().get(index).name());
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
