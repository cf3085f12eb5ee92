package io.spillgate.app.config;

import io.spillgate.config.GatewayConfig;

import java.util.List;
import java.util.function.Supplier;

/// A configuration that was read, and how it came about.
///
/// @param config what the gateway runs with
/// @param listing makes the [#entries], which take a while and are mostly not wanted
/// @param warnings what is allowed but probably not meant, one line each
public record Effective(
        GatewayConfig config, Supplier<List<Entry>> listing, List<String> warnings) {
    public Effective {
        warnings = List.copyOf(warnings);
    }

    /// Every key with its value and where it came from, in the order of the documentation.
    public List<Entry> entries() {
        return List.copyOf(listing.get());
    }
}
