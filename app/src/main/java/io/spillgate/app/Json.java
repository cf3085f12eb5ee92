package io.spillgate.app;

/// Text as it stands in JSON, in a log line and on a terminal.
final class Json {
    private Json() {}

    /// The text as a JSON string, quotes included (RFC 8259 section 7).
    static String quote(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else {
                appendVisible(out, c);
            }
        }
        return out.append('"').toString();
    }

    /// The text with every control character written as an escape, so that it stays on one line and
    /// tells a terminal nothing.
    static String visible(String text) {
        return escaped(text, false);
    }

    /// As [#visible], but a tab stays one.
    static String printable(String text) {
        return escaped(text, true);
    }

    private static String escaped(String text, boolean tabs) {
        if (text.chars().noneMatch(Json::isHidden)) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (tabs && c == '\t') {
                out.append(c);
            } else {
                appendVisible(out, c);
            }
        }
        return out.toString();
    }

    private static void appendVisible(StringBuilder out, char c) {
        switch (c) {
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (isHidden(c)) {
                    out.append("\\u").append(String.format("%04x", (int) c));
                } else {
                    out.append(c);
                }
            }
        }
    }

    private static boolean isHidden(int c) {
        return Character.isISOControl(c) || c == 0x2028 || c == 0x2029;
    }
}
