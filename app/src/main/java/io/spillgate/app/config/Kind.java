package io.spillgate.app.config;

import java.util.List;
import java.util.Optional;

/// What may stand behind a key; derived from the type of a record component by [Schema].
sealed interface Kind {
    /// What a key that is not set means when the record says nothing else.
    default Optional<Object> absent() {
        return Optional.empty();
    }

    /// One value.
    record Single(Leaf leaf) implements Kind {}

    /// A value that may be absent: `Optional<T>`.
    record Maybe(Kind of) implements Kind {
        @Override
        public Optional<Object> absent() {
            return Optional.of(Optional.empty());
        }
    }

    /// Any number of values: `List<T>`. A single value is a list of one, a single table is not.
    record Many(Kind of) implements Kind {
        @Override
        public Optional<Object> absent() {
            return Optional.of(List.of());
        }
    }

    /// A table with known keys: a record.
    ///
    /// @param type the record's class
    /// @param keys in the order of its components
    /// @param defaults its constant `DEFAULT`, if it has one
    record Section(Class<?> type, List<Key> keys, Optional<Object> defaults) implements Kind {
        public Section {
            keys = List.copyOf(keys);
        }
    }
}
