package io.spillgate.app.config;

import io.spillgate.config.GatewayConfig;

import java.util.List;

/// A configuration that was read, and how it came about.
///
/// @param config what the gateway runs with
/// @param entries every key with its value and where it came from, in the order of the
///   documentation
/// @param warnings what is allowed but probably not meant, one line each
public record Effective(GatewayConfig config, List<Entry> entries, List<String> warnings) {
    public Effective {
        entries = List.copyOf(entries);
        warnings = List.copyOf(warnings);
    }
}
