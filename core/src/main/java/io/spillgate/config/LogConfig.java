package io.spillgate.config;

/// `[log]`: how the process writes its log, to standard error.
///
/// @param format `text` or `json`, one line for each event
/// @param level the least important level that is written
/// @param access whether every request is logged
public record LogConfig(Format format, Level level, boolean access) {
    /// What holds for every key that is not set.
    public static final LogConfig DEFAULT = new LogConfig(Format.TEXT, Level.INFO, false);

    /// The form of a line.
    public enum Format {
        /// For people.
        TEXT,
        /// One JSON object.
        JSON
    }

    /// Importance of a line.
    public enum Level {
        /// Only what needs a person.
        ERROR,
        /// What may need one.
        WARN,
        /// What an operator wants to know.
        INFO,
        /// What a developer wants to know.
        DEBUG
    }
}
