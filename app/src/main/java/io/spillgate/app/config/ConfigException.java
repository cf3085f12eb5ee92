package io.spillgate.app.config;

import java.util.List;

/// A configuration that cannot be used; says everything that is wrong with it.
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String[] problems;

    /// @param problems at least one; each `place: key: what is wrong, what is allowed`
    ConfigException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = problems.toArray(new String[0]);
    }

    /// Every problem, one line each, in the order of the file.
    public List<String> problems() {
        return List.of(problems);
    }
}
