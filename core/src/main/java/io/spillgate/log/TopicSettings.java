package io.spillgate.log;

import io.spillgate.config.OverflowPolicy;

/// What holds for one topic.
///
/// @param policy what happens to an event that finds a subscriber's queue full
/// @param queueSize events that may wait for one subscriber
/// @param queueBytes bytes that may wait for the topic's subscribers
/// @param historySize events retained
/// @param historyBytes bytes retained
/// @param historyNanos how long an event is retained
public record TopicSettings(
        OverflowPolicy policy,
        int queueSize,
        long queueBytes,
        int historySize,
        long historyBytes,
        long historyNanos) {

    /// Whether anything is retained for subscribers that come later.
    public boolean keepsHistory() {
        return historySize > 0 && historyBytes > 0 && historyNanos > 0;
    }
}
