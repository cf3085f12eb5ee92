package io.spillgate.config;

import java.time.Duration;
import java.util.List;

/// `[host-connection-pool]`: the pool for any host that is not a named destination (Pekko HTTP).
///
/// @param pool the pool's own keys
/// @param idleTimeout time without a request after which a pool goes away
/// @param maxPools pools that exist at once; a request that needs one more fails
/// @param client how its connections are
/// @param perHostOverride other values for some hosts; the first match wins
public record HostPoolConfig(
        @Inline PoolConfig pool,
        Duration idleTimeout,
        int maxPools,
        @Inherits("client") ClientConfig client,
        List<HostOverride> perHostOverride) {

    /// What holds for every key that is not set.
    public static final HostPoolConfig DEFAULT =
            new HostPoolConfig(
                    PoolConfig.DEFAULT,
                    Duration.ofSeconds(30),
                    1000,
                    ClientConfig.DEFAULT,
                    List.of());

    public HostPoolConfig {
        Require.atLeast("idleTimeout", idleTimeout, Duration.ZERO);
        Require.between("maxPools", maxPools, 1, 1_000_000);
        perHostOverride = List.copyOf(perHostOverride);
    }
}
