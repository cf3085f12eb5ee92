package io.spillgate.app.config;

import io.spillgate.config.Bare;
import io.spillgate.config.ClientConfig;
import io.spillgate.config.DestinationConfig;
import io.spillgate.config.GatewayConfig;
import io.spillgate.config.HostPoolConfig;
import io.spillgate.config.ServerConfig;
import io.spillgate.config.Unset;

import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The tables and keys there are, read off the configuration records once.
final class Schema {
    /// Tables whose keys, at every depth, are written as in the seed they come from.
    private static final Map<Class<?>, Spelling> SPELLINGS =
            Map.of(
                    ServerConfig.class, Spelling.CAMEL,
                    ClientConfig.class, Spelling.KEBAB,
                    HostPoolConfig.class, Spelling.KEBAB,
                    DestinationConfig.class, Spelling.KEBAB);

    /// The whole configuration.
    static final Kind.Section ROOT = section(GatewayConfig.class, Spelling.SNAKE);

    private Schema() {}

    private static Kind.Section section(Class<?> type, Spelling around) {
        Spelling spelling = SPELLINGS.getOrDefault(type, around);
        List<Key> keys = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            keys.add(key(component, spelling));
        }
        Kind.Section section = new Kind.Section(type, keys, defaults(type));
        checkNames(section, new HashSet<>());
        return section;
    }

    private static Key key(RecordComponent component, Spelling spelling) {
        Optional<ChronoUnit> bare =
                Optional.ofNullable(component.getAnnotation(Bare.class)).map(Bare::value);
        Kind kind = kind(component.getGenericType(), bare, spelling);
        Spelling own =
                kind.table()
                        .map(table -> SPELLINGS.getOrDefault(table.type(), spelling))
                        .orElse(spelling);
        return new Key(own.of(component.getName()), component, kind, absent(component, kind));
    }

    private static Kind kind(Type type, Optional<ChronoUnit> bare, Spelling spelling) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            Kind last = kind(arguments[arguments.length - 1], bare, spelling);
            if (generic.getRawType() == Optional.class) {
                return new Kind.Maybe(last);
            }
            if (generic.getRawType() == List.class) {
                return new Kind.Many(last);
            }
            boolean named = generic.getRawType() == Map.class && arguments[0] == String.class;
            if (named && last instanceof Kind.Section table) {
                return new Kind.Named(table);
            }
            if (named && last instanceof Kind.Single(Leaf leaf)) {
                return new Kind.Pairs(leaf);
            }
        }
        if (type instanceof Class<?> single) {
            Optional<Leaf> leaf = Leaf.of(single, bare);
            if (leaf.isPresent()) {
                return new Kind.Single(leaf.get());
            }
            if (single.isRecord()) {
                return section(single, spelling);
            }
        }
        throw new IllegalArgumentException("no configuration value has the type " + type);
    }

    private static Optional<Object> absent(RecordComponent component, Kind kind) {
        Unset unset = component.getAnnotation(Unset.class);
        return unset != null && kind instanceof Kind.Single(Leaf leaf)
                ? Optional.of(leaf.parse().apply(unset.value()))
                : kind.absent();
    }

    private static Optional<Object> defaults(Class<?> type) {
        try {
            Optional<Field> field =
                    Arrays.stream(type.getFields())
                            .filter(candidate -> candidate.getName().equals("DEFAULT"))
                            .findFirst();
            return field.isEmpty() ? Optional.empty() : Optional.of(field.get().get(null));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("a public constant cannot be read: " + type, e);
        }
    }

    private static void checkNames(Kind.Section section, Set<String> names) {
        for (Key key : section.keys()) {
            if (key.inline() && key.kind() instanceof Kind.Section inner) {
                checkNames(inner, names);
                continue;
            }
            boolean twice = !names.add(key.relaxed());
            boolean aliasTwice = key.alias().isPresent() && !names.add(key.alias().get());
            if (twice || aliasTwice) {
                throw new IllegalArgumentException(
                        section.type() + " has two components that are one key: " + key.name());
            }
        }
    }
}
