package io.spillgate.config;

import java.time.Duration;
import java.util.Optional;

/// `[[hub.topics]]`: settings of the topics that match a pattern; what is absent comes from
/// `[http]` and `[hub]`.
///
/// @param match a topic, or a pattern in which `*` stands for any characters
/// @param backpressurePolicy see [HttpConfig]
/// @param maxMessageQueueSize see [HttpConfig]
/// @param historySize see [HubConfig]
/// @param historyBytes see [HubConfig]
/// @param historyTtl see [HubConfig]
public record TopicConfig(
        String match,
        Optional<OverflowPolicy> backpressurePolicy,
        Optional<Integer> maxMessageQueueSize,
        Optional<Integer> historySize,
        Optional<ByteSize> historyBytes,
        Optional<Duration> historyTtl) {

    public TopicConfig {
        if (match.isEmpty()) {
            throw new InvalidValue(
                    "match", "is empty, must be a topic or a pattern such as ticker/*");
        }
        maxMessageQueueSize.ifPresent(n -> Require.between("maxMessageQueueSize", n, 1, 1_000_000));
        historySize.ifPresent(n -> Require.between("historySize", n, 0, 10_000_000));
        historyTtl.ifPresent(ttl -> Require.atLeast("historyTtl", ttl, Duration.ZERO));
    }
}
