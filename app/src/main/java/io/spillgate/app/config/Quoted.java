package io.spillgate.app.config;

import org.jspecify.annotations.Nullable;

/// Text of the user in double quotes.
final class Quoted {
    private static final int LONGEST_EXCERPT = 60;

    private Quoted() {}

    /// For a message: control characters escaped, long text cut.
    static String excerpt(String text) {
        return text.length() <= LONGEST_EXCERPT
                ? literal(text)
                : literal(text.substring(0, LONGEST_EXCERPT)) + "...";
    }

    /// A TOML basic string, whole.
    static String literal(String text) {
        return '"' + escaped(text, true) + '"';
    }

    /// Without quotes, safe to print on one line.
    static String plain(String text) {
        String shown =
                text.length() <= LONGEST_EXCERPT
                        ? text
                        : text.substring(0, LONGEST_EXCERPT) + "...";
        return escaped(shown, false);
    }

    /// A message of a parser on one line, without a full stop.
    static String line(@Nullable String message) {
        String line = String.valueOf(message).strip().replaceAll("\\s*\\R\\s*", "; ");
        return escaped(line, false);
    }

    private static String escaped(String text, boolean quotes) {
        StringBuilder out = new StringBuilder(text.length() + 2);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '"', '\\' -> out.append(quotes ? "\\" : "").append(c);
                default -> {
                    if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.toString();
    }
}
