package io.spillgate.app.config;

import org.jspecify.annotations.Nullable;

/// A file that gives no tree at all.
final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final int line;

    /// @param line from 1; 0 when no single line is meant
    /// @param message what is wrong and what is allowed
    Unreadable(String file, int line, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.file = file;
        this.line = line;
    }

    Place place() {
        return new Place.InFile(file, line);
    }

    String what() {
        return String.valueOf(getMessage());
    }
}
