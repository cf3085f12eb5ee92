package io.spillgate.app;

import io.spillgate.config.ClientConfig;
import io.spillgate.config.HostPoolConfig;
import io.spillgate.config.PoolConfig;

import java.time.Duration;
import java.util.List;

/// The pools of a command that talks to one gateway.
final class SingleConnection {
    private SingleConnection() {}

    /// One connection, no retry, and no pause after a failure.
    static HostPoolConfig settings(ClientConfig client) {
        PoolConfig usual = PoolConfig.DEFAULT;
        PoolConfig pool =
                new PoolConfig(
                        1,
                        1,
                        0,
                        0,
                        usual.maxOpenRequests(),
                        usual.maxConnectionLifetime(),
                        1,
                        Duration.ZERO,
                        Duration.ZERO,
                        usual.keepAliveTimeout(),
                        usual.responseEntitySubscriptionTimeout(),
                        usual.queueTimeout());
        return new HostPoolConfig(pool, HostPoolConfig.DEFAULT.idleTimeout(), 1, client, List.of());
    }
}
