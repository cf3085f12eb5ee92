package io.spillgate.app.config;

import io.spillgate.config.GatewayConfig;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Writes a configuration out, key by key.
final class Listing {
    private final Origins origins;
    private final List<Entry> entries = new ArrayList<>();

    private Listing(Origins origins) {
        this.origins = origins;
    }

    /// @param origins where each key that is set was set
    static List<Entry> of(GatewayConfig config, Origins origins) {
        Listing listing = new Listing(origins);
        listing.section(Schema.ROOT, config, "");
        return listing.entries;
    }

    /// The canonical form of a key's value, as TOML.
    static String canonical(Key key, Object value) {
        return text(key.kind(), value);
    }

    private void section(Kind.Section section, Object record, String path) {
        for (Key key : section.keys()) {
            String keyPath = key.inline() ? path : KeyPath.join(path, key.name());
            key(key, key.kind(), key.of(record), keyPath, origins.source(keyPath));
        }
    }

    private void key(Key key, Kind kind, Object value, String path, String source) {
        switch (kind) {
            case Kind.Section section -> {
                int before = entries.size();
                section(section, value, path);
                if (entries.size() == before) {
                    section.word()
                            .ifPresent(word ->
                                    entries.add(new Entry(path, Quoted.literal(word), source)));
                }
            }
            case Kind.Maybe(Kind of) ->
                    ((Optional<?>) value).ifPresent(inner -> key(key, of, inner, path, source));
            case Kind.Many(Kind.Section section) when !((List<?>) value).isEmpty() -> {
                List<?> items = (List<?>) value;
                for (int i = 0; i < items.size(); i++) {
                    section(section, items.get(i), path + "[" + i + "]");
                }
            }
            case Kind.Named(Kind.Section section) when !((Map<?, ?>) value).isEmpty() ->
                    new TreeMap<>((Map<?, ?>) value)
                            .forEach((name, table) ->
                                    section(
                                            section,
                                            table,
                                            KeyPath.join(path, KeyPath.literal((String) name))));
            case Kind.Many _, Kind.Named _, Kind.Pairs _, Kind.Single _ -> {
                boolean hidden = key.secret() && !value.equals(List.of()) && !value.equals("");
                entries.add(new Entry(path, hidden ? "(hidden)" : text(kind, value), source));
            }
        }
    }

    private static String text(Kind kind, Object value) {
        return switch (kind) {
            case Kind.Single(Leaf leaf) -> leaf.format().apply(value);
            case Kind.Maybe(Kind of) ->
                    ((Optional<?>) value).map(inner -> text(of, inner)).orElse("");
            case Kind.Many(Kind of) ->
                    ((List<?>) value)
                            .stream()
                                    .map(item -> text(of, item))
                                    .collect(Collectors.joining(", ", "[", "]"));
            case Kind.Pairs(Leaf leaf) ->
                    new TreeMap<>((Map<?, ?>) value)
                            .entrySet().stream()
                                    .map(one ->
                                            KeyPath.literal((String) one.getKey())
                                                    + " = "
                                                    + leaf.format().apply(one.getValue()))
                                    .collect(Collectors.joining(", ", "{", "}"));
            case Kind.Named _ when ((Map<?, ?>) value).isEmpty() -> "{}";
            case Kind.Section _, Kind.Named _ ->
                    throw new IllegalArgumentException("a section has no single text");
        };
    }
}
