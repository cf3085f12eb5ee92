package io.spillgate.config;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;

/// What a topic may be called.
public final class TopicName {
    /// How many topics one stream may have.
    public static final int MOST_IN_A_STREAM = 100;

    private static final int MAX_BYTES = 255;

    private TopicName() {}

    /// What is wrong with a name, one sentence; null when nothing is.
    public static @Nullable String fault(String topic) {
        int bytes = topic.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > MAX_BYTES) {
            return "The topic has " + bytes + " bytes, must have 1 to " + MAX_BYTES;
        }
        if (topic.indexOf('*') >= 0) {
            return "The topic has a *; patterns of topics can't be subscribed to or published to";
        }
        return topic.chars().anyMatch(Character::isISOControl)
                ? "The topic has a control character"
                : null;
    }
}
