package io.spillgate.hub;

/// Walks that a test makes itself.
final class Walks {
    private Walks() {}

    /// Brings to the subscribers of a stream's topics what is new in them.
    ///
    /// @return whether there was a walk of every topic, and each is complete
    static boolean walk(Shard shard, Recipient stream, long untilNanos) {
        boolean complete = true;
        for (Cursor queue : stream.merge().cursors()) {
            TopicShard topic = shard.topics().active(queue.topic().watch());
            complete &= topic != null && topic.walk(untilNanos);
        }
        return complete;
    }
}
