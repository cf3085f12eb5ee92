package io.spillgate.client.pool;

import io.spillgate.config.DestinationConfig;

import java.util.List;

/// Destinations for tests.
final class DestinationConfigs {
    private int queue = 100;
    private int connections = 10;
    private int depth = 1;

    DestinationConfigs queue(int size) {
        queue = size;
        return this;
    }

    DestinationConfigs connections(int perAddress) {
        connections = perAddress;
        return this;
    }

    DestinationConfigs depth(int inFlight) {
        depth = inFlight;
        return this;
    }

    DestinationConfig of(String... addresses) {
        DestinationConfig base = DestinationConfig.of(List.of(addresses));
        return new DestinationConfig(
                base.addresses(),
                base.loadBalancing(),
                queue,
                connections,
                base.streamsPerIpPort(),
                depth,
                base.maxRequestTimeout(),
                base.safePipelineTimeout(),
                base.overrideHostHeader(),
                base.rewriteLocation(),
                base.requestIdHeader(),
                base.tls(),
                base.connectingTimeout(),
                base.health(),
                base.pool(),
                base.client());
    }
}
