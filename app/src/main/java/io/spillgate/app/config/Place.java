package io.spillgate.app.config;

/// Where a value was written.
///
/// Its text stands in front of a problem, [#source] behind an entry.
sealed interface Place {
    /// The form that [Entry#source] has.
    default String source() {
        return toString();
    }

    /// A line of a configuration file.
    ///
    /// @param file as the user named it
    /// @param line from 1; 0 when no single line is meant
    record InFile(String file, int line) implements Place {
        @Override
        public String toString() {
            return line > 0 ? file + ":" + line : file;
        }
    }

    /// An environment variable.
    record Variable(String name) implements Place {
        @Override
        public String source() {
            return "env";
        }

        @Override
        public String toString() {
            return "env " + name;
        }
    }

    /// A `--set` option.
    record Option() implements Place {
        @Override
        public String toString() {
            return "--set";
        }
    }
}
