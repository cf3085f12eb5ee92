package io.spillgate.app.config;

import io.spillgate.config.Word;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// What may stand behind a key; derived from the type of a record component by [Schema].
sealed interface Kind {
    /// The table in it, whether there is one, several or a table of them.
    default Optional<Section> table() {
        return switch (this) {
            case Single _, Pairs _ -> Optional.empty();
            case Maybe(Kind of) -> of.table();
            case Many(Kind of) -> of.table();
            case Named(Section of) -> Optional.of(of);
            case Section section -> Optional.of(section);
        };
    }

    /// Whether it is set as a whole, with an equals sign.
    default boolean isValue() {
        return !(this instanceof Section || this instanceof Named);
    }

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

    /// A table with names of the user's and single values: `Map<String, T>`.
    record Pairs(Leaf of) implements Kind {
        @Override
        public Optional<Object> absent() {
            return Optional.of(Map.of());
        }
    }

    /// Tables with names of the user's: `Map<String, T>`.
    record Named(Section of) implements Kind {
        @Override
        public Optional<Object> absent() {
            return Optional.of(Map.of());
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

        /// The keys that may stand in the table by all their names, [Relaxed]: with those of the
        /// inline records, and the aliases.
        Map<String, Key> byName() {
            Map<String, Key> names = new HashMap<>();
            for (Key key : keys) {
                if (key.inline()) {
                    key.kind().table().ifPresent(inner -> names.putAll(inner.byName()));
                    continue;
                }
                names.put(key.relaxed(), key);
                key.alias().ifPresent(alias -> names.put(alias, key));
            }
            return names;
        }

        /// What may be written in the place of a table without keys.
        Optional<String> word() {
            return Optional.ofNullable(type.getAnnotation(Word.class)).map(Word::value);
        }

        /// The positions of the keys in the order in which they are bound: tables with names last,
        /// because they inherit from others.
        List<Integer> bindingOrder() {
            return IntStream.range(0, keys.size())
                    .boxed()
                    .sorted(Comparator.comparing(i -> keys.get(i).kind() instanceof Named))
                    .toList();
        }
    }
}
