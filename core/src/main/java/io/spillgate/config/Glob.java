package io.spillgate.config;

import java.util.List;

/// A pattern in which `*` stands for any characters, matched without going back: the leftmost place
/// of each literal is as good as any other, so the time is that of finding the literals one after
/// the other. Immutable.
public final class Glob {
    private final String prefix;
    private final List<String> middle;
    private final String suffix;
    private final boolean literal;

    /// @param pattern without `*` it is the text itself
    public Glob(String pattern) {
        List<String> parts = List.of(pattern.split("\\*", -1));
        literal = parts.size() == 1;
        prefix = parts.getFirst();
        suffix = literal ? "" : parts.getLast();
        middle =
                literal
                        ? List.of()
                        : parts.subList(1, parts.size() - 1).stream()
                                .filter(part -> !part.isEmpty())
                                .toList();
    }

    /// Whether the whole text is one that the pattern describes.
    public boolean matches(String text) {
        if (literal) {
            return text.equals(prefix);
        }
        int end = text.length() - suffix.length();
        if (end < prefix.length() || !text.startsWith(prefix) || !text.endsWith(suffix)) {
            return false;
        }
        int from = prefix.length();
        for (String part : middle) {
            int found = text.indexOf(part, from);
            if (found < 0 || found + part.length() > end) {
                return false;
            }
            from = found + part.length();
        }
        return true;
    }
}
