package io.spillgate.app.config;

/// What a tree may grow to; keeps a hostile file from costing more than its own size.
///
/// Aliases of YAML and substitutions of HOCON can stand for far more than is written.
final class TreeLimits {
    /// Levels of tables and lists.
    static final int MAX_DEPTH = 64;

    /// Values, counting a repeated one as often as it appears.
    static final int MAX_NODES = 200_000;

    private final String file;
    private int nodes;

    TreeLimits(String file) {
        this.file = file;
    }

    /// Counts one value.
    ///
    /// @param line where it is written, from 1
    /// @param depth tables and lists around it
    void count(int line, int depth) throws Unreadable {
        if (depth > MAX_DEPTH) {
            throw tooDeep(file, line);
        }
        add(line, 1);
    }

    /// Counts values that appear once more.
    void add(int line, int more) throws Unreadable {
        nodes += more;
        if (nodes > MAX_NODES) {
            throw new Unreadable(
                    file,
                    line,
                    "stands for more than "
                            + MAX_NODES
                            + " values when repetitions are written out",
                    null);
        }
    }

    /// Values so far.
    int nodes() {
        return nodes;
    }

    static Unreadable tooDeep(String file, int line) {
        return new Unreadable(
                file,
                line,
                "is nested deeper than " + MAX_DEPTH + " levels, the most allowed",
                null);
    }
}
