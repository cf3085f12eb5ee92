package io.spillgate.config;

import java.time.Duration;
import java.util.List;

/// `[hub]`: topics, history and publishing.
///
/// @param enabled whether there is a hub; without it its paths are free for routes
/// @param path prefix of the subscribe and publish paths
/// @param retry reconnection time told to clients, spread by ±50 %
/// @param publishTokens bearer tokens that may publish on the public listener; none = nobody may
/// @param historySize events retained for a topic
/// @param historyBytes bytes retained for a topic
/// @param historyTtl how long an event is retained
/// @param queueBytes bytes that may wait for the subscribers of one topic
/// @param memory bytes of all logs together; 0 = a quarter of the process's heap
/// @param maxTopics topics with history
/// @param maxWatchedTopics topics of all subscribers together
/// @param blockTimeout longest wait of a publisher under the policy `block`
/// @param stallTimeout how long a socket may take nothing until its replay gives its place of
///   admission back, and until an event that it has taken a part of may be cut for want of memory
/// @param topics settings for topics that match a pattern; the first match wins
public record HubConfig(
        boolean enabled,
        String path,
        Duration retry,
        @Secret List<String> publishTokens,
        int historySize,
        ByteSize historyBytes,
        Duration historyTtl,
        ByteSize queueBytes,
        ByteSize memory,
        int maxTopics,
        int maxWatchedTopics,
        Duration blockTimeout,
        Duration stallTimeout,
        List<TopicConfig> topics) {

    /// What holds for every key that is not set.
    public static final HubConfig DEFAULT =
            new HubConfig(
                    true,
                    "/events",
                    Duration.ofSeconds(3),
                    List.of(),
                    1000,
                    ByteSize.mebibytes(1),
                    Duration.ofMinutes(10),
                    ByteSize.mebibytes(16),
                    new ByteSize(0),
                    100_000,
                    1_000_000,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5),
                    List.of());

    public HubConfig {
        if (!path.matches("(/[A-Za-z0-9._~-]+)+")) {
            throw new InvalidValue(
                    "path",
                    "is \""
                            + path
                            + "\", must be like /events: letters, digits and . _ ~ - between"
                            + " slashes");
        }
        Require.atLeast("retry", retry, Duration.ofMillis(1));
        publishTokens = List.copyOf(publishTokens);
        for (String token : publishTokens) {
            if (token.length() < 8 || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                throw new InvalidValue(
                        "publishTokens",
                        "has a token that is not at least 8 visible ASCII characters without"
                                + " spaces");
            }
        }
        Require.between("historySize", historySize, 0, 10_000_000);
        Require.atLeast("historyTtl", historyTtl, Duration.ZERO);
        Require.between("maxTopics", maxTopics, 1, 100_000_000);
        Require.between("maxWatchedTopics", maxWatchedTopics, 1, 100_000_000);
        Require.atLeast("blockTimeout", blockTimeout, Duration.ZERO);
        Require.atLeast("stallTimeout", stallTimeout, Duration.ofMillis(100));
        topics = List.copyOf(topics);
    }
}
