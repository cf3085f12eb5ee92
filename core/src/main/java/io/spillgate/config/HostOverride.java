package io.spillgate.config;

import java.time.Duration;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// `per-host-override`: other values for the hosts that match a pattern (Pekko HTTP). What it does
/// not set comes from `[host-connection-pool]`.
///
/// @param hostPattern `regex:…`, `glob:…` or a bare glob
/// @param pool the pool's own keys
/// @param idleTimeout see [HostPoolConfig]
/// @param client see [HostPoolConfig]
public record HostOverride(
        String hostPattern,
        @Inline @Inherits("host-connection-pool") PoolConfig pool,
        @Inherits("host-connection-pool") Duration idleTimeout,
        @Inherits("host-connection-pool.client") ClientConfig client) {

    public HostOverride {
        Require.atLeast("idleTimeout", idleTimeout, Duration.ZERO);
        if (hostPattern.isBlank()) {
            throw new InvalidValue(
                    "hostPattern", "is empty, must be a host or a pattern such as *.example.com");
        }
        if (hostPattern.startsWith("regex:")) {
            try {
                Pattern.compile(hostPattern.substring("regex:".length()));
            } catch (PatternSyntaxException e) {
                throw new InvalidValue(
                        "hostPattern",
                        "is \""
                                + hostPattern
                                + "\", must be a regular expression: "
                                + e.getDescription());
            }
        }
    }
}
