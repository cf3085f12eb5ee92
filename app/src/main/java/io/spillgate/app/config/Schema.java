package io.spillgate.app.config;

import io.spillgate.config.Bare;
import io.spillgate.config.GatewayConfig;
import io.spillgate.config.Secret;
import io.spillgate.config.ServerConfig;

import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The keys there are, read off the configuration records once.
final class Schema {
    /// The whole configuration.
    static final Kind.Section ROOT = section(GatewayConfig.class, false);

    /// Every key at every depth, sections before what is in them. What is inside a list has the
    /// list's path in front.
    static final List<Known> KNOWN = known();

    private Schema() {}

    /// A key with its full path.
    ///
    /// @param path as the documentation writes it
    /// @param kind what may be set
    /// @param repeated whether it is inside a list, so that the path alone does not name one place
    record Known(String path, Kind kind, boolean repeated) {
        /// The path that any spelling of it has.
        String relaxed() {
            return Relaxed.name(path);
        }

        /// Whether `--set` and the environment can set it.
        boolean settable() {
            return !repeated && !(kind instanceof Kind.Section);
        }

        /// The environment variable that sets it.
        String variable() {
            return Overrides.PREFIX + snakeCase(path).toUpperCase(Locale.ROOT).replace('.', '_');
        }
    }

    /// `path.name`, or the name alone at the top.
    static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /// @param camelCase whether the keys are written as in the record, as seed 004 does; else in
    ///   snake_case
    private static Kind.Section section(Class<?> type, boolean camelCase) {
        boolean asIs = camelCase || type == ServerConfig.class;
        List<Key> keys = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (RecordComponent component : type.getRecordComponents()) {
            String name = component.getName();
            if (!names.add(Relaxed.name(name))) {
                throw new IllegalArgumentException(
                        type + " has two components that are one key: " + name);
            }
            Optional<ChronoUnit> bare =
                    Optional.ofNullable(component.getAnnotation(Bare.class)).map(Bare::value);
            keys.add(
                    new Key(
                            asIs ? name : snakeCase(name),
                            component,
                            kind(component.getGenericType(), bare, asIs),
                            component.isAnnotationPresent(Secret.class)));
        }
        return new Kind.Section(type, keys, defaults(type));
    }

    private static Kind kind(Type type, Optional<ChronoUnit> bare, boolean camelCase) {
        if (type instanceof ParameterizedType generic) {
            Kind of = kind(generic.getActualTypeArguments()[0], bare, camelCase);
            if (generic.getRawType() == Optional.class) {
                return new Kind.Maybe(of);
            }
            if (generic.getRawType() == List.class) {
                return new Kind.Many(of);
            }
        }
        if (type instanceof Class<?> single) {
            Optional<Leaf> leaf = Leaf.of(single, bare);
            if (leaf.isPresent()) {
                return new Kind.Single(leaf.get());
            }
            if (single.isRecord()) {
                return section(single, camelCase);
            }
        }
        throw new IllegalArgumentException("no configuration value has the type " + type);
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

    private static List<Known> known() {
        List<Known> known = new ArrayList<>();
        collect(ROOT, "", false, known);
        return List.copyOf(known);
    }

    private static void collect(
            Kind.Section section, String path, boolean repeated, List<Known> known) {
        for (Key key : section.keys()) {
            String keyPath = join(path, key.name());
            known.add(new Known(keyPath, key.kind(), repeated));
            switch (key.kind()) {
                case Kind.Section inner -> collect(inner, keyPath, repeated, known);
                case Kind.Maybe(Kind.Section inner) -> collect(inner, keyPath, true, known);
                case Kind.Many(Kind.Section inner) -> collect(inner, keyPath, true, known);
                case Kind.Single _, Kind.Maybe _, Kind.Many _ -> {}
            }
        }
    }

    private static String snakeCase(String camelCase) {
        return camelCase.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }
}
