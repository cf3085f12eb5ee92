package io.spillgate.app.config;

import java.util.Locale;

/// Names as they compare: case, `-` and `_` make no difference.
final class Relaxed {
    private Relaxed() {}

    /// The form in which two names are equal when they mean the same key.
    static String name(String written) {
        StringBuilder out = new StringBuilder(written.length());
        for (int i = 0; i < written.length(); i++) {
            char c = written.charAt(i);
            if (c != '-' && c != '_') {
                out.append(c);
            }
        }
        return out.toString().toLowerCase(Locale.ROOT);
    }
}
