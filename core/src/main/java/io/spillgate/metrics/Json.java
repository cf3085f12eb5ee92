package io.spillgate.metrics;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/// Plain values as JSON text (RFC 8259), without white space.
public final class Json {
    private Json() {}

    /// Writes a string, number, boolean, null, map with string keys, or a list of these. A number
    /// that is not finite becomes null, since JSON has none.
    ///
    /// @throws IllegalArgumentException for a value of any other type
    public static String write(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        append(out, value);
        return out.toString();
    }

    private static void append(StringBuilder out, @Nullable Object value) {
        switch (value) {
            case null -> out.append("null");
            case String text -> appendText(out, text);
            case Double number when !Double.isFinite(number) -> out.append("null");
            case Float number when !Float.isFinite(number) -> out.append("null");
            case Number number -> out.append(number);
            case Boolean bool -> out.append(bool);
            case Map<?, ?> map -> appendMap(out, map);
            case Iterable<?> list -> appendList(out, list);
            default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
        }
    }

    private static void appendMap(StringBuilder out, Map<?, ?> map) {
        String separator = "";
        out.append('{');
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(separator);
            appendText(out, String.valueOf(entry.getKey()));
            append(out.append(':'), entry.getValue());
            separator = ",";
        }
        out.append('}');
    }

    private static void appendList(StringBuilder out, Iterable<?> list) {
        String separator = "";
        out.append('[');
        for (Object element : list) {
            append(out.append(separator), element);
            separator = ",";
        }
        out.append(']');
    }

    private static void appendText(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
