package io.spillgate.app.config;

/// One key of the effective configuration; [#toString] is its line in `check --print`.
///
/// @param key the full path, as the documentation writes it
/// @param value the canonical form, which the configuration reads back
/// @param source `FILE:LINE`, `env`, `--set` or `default`
public record Entry(String key, String value, String source) {
    @Override
    public String toString() {
        return key + " = " + value + "  # " + source;
    }
}
