package io.spillgate.listener;

import io.spillgate.config.BindAddress;
import io.spillgate.config.ByteSize;
import io.spillgate.config.GatewayConfig;
import io.spillgate.config.HttpConfig;
import io.spillgate.http.tls.ServerTls;

import java.util.List;

/// What a listener is for, and so what holds for everyone who comes there.
public enum ListenerPolicy {
    /// Clients from anywhere: streams, forwarded requests, publishers with a token. They count
    /// against the cap of connections and ask for admission.
    PUBLIC {
        @Override
        List<Entrance> entrances(GatewayConfig config, Certificates certificates) {
            ServerTls tls = certificates.open();
            return List.of(
                    new Entrance("http", config.http().bindAddress(), null),
                    new Entrance(
                            "https",
                            tls == null ? BindAddress.OFF : config.tls().bindAddress(),
                            tls));
        }

        @Override
        Settings settings(GatewayConfig config) {
            return Settings.open(config);
        }

        @Override
        long inputBytes(GatewayConfig config) {
            long configured = config.http().inputMemory().bytes();
            return configured > 0
                    ? configured
                    : Math.max(Runtime.getRuntime().maxMemory() / 8, leastInputBytes(config));
        }
    },

    /// Operators and publishers of the house, called by a host of its own. They are served whatever
    /// the load, and no page of another origin is.
    OPERATORS {
        @Override
        List<Entrance> entrances(GatewayConfig config, Certificates certificates) {
            return List.of(
                    new Entrance("admin", config.admin().bindAddress(), certificates.operators()));
        }

        @Override
        Settings settings(GatewayConfig config) {
            return Settings.admin(config);
        }

        @Override
        long inputBytes(GatewayConfig config) {
            return Math.max(16 * ByteSize.MIB, leastInputBytes(config));
        }
    };

    /// Whether the configuration wants any way into it.
    public final boolean isWanted(GatewayConfig config, Certificates certificates) {
        return entrances(config, certificates).stream().anyMatch(one -> !one.address().isOff());
    }

    /// The ways into it; some may be off.
    abstract List<Entrance> entrances(GatewayConfig config, Certificates certificates);

    /// What the configuration means for its requests.
    abstract Settings settings(GatewayConfig config);

    /// What its unfinished requests may hold together: two of the largest bodies always fit; for
    /// clients it is an eighth of the heap, if the configuration says nothing else.
    abstract long inputBytes(GatewayConfig config);

    private static long leastInputBytes(GatewayConfig config) {
        return Math.max(HttpConfig.LEAST_INPUT_MEMORY, 2 * config.http().maxBodySize().bytes());
    }
}
