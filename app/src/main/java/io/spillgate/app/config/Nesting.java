package io.spillgate.app.config;

/// Refuses text with too many brackets inside brackets before a recursive parser meets it.
///
/// Knows strings and comments of HOCON only roughly: what slips through costs the parser its stack,
/// which [HoconTree] turns into the same message.
final class Nesting {
    private Nesting() {}

    static void check(SourceText source) throws Unreadable {
        String text = source.text();
        int depth = 0;
        int line = 1;
        for (int i = 0; i < text.length(); i++) {
            switch (text.charAt(i)) {
                case '\n' -> line++;
                case '[', '{' -> depth++;
                case ']', '}' -> depth--;
                case '#' -> i = endOfLine(text, i) - 1;
                case '"' -> i = endOfString(text, i);
                default -> {}
            }
            if (depth > TreeLimits.MAX_DEPTH) {
                throw TreeLimits.tooDeep(source.file(), line);
            }
        }
    }

    private static int endOfLine(String text, int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end;
    }

    /// The index of the closing quote; of the last character before the line's end when there is
    /// none.
    private static int endOfString(String text, int from) {
        int end = endOfLine(text, from);
        for (int i = from + 1; i < end; i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == '"') {
                return i;
            }
        }
        return end - 1;
    }
}
