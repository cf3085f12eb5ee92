package io.spillgate.hub;

import io.spillgate.log.LogEntry;
import io.spillgate.net.Sweep;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Who gets the events of some topics on one loop, at a pace of his own: a [Subscriber] or a
/// [LocalSubscriber]. Confined to the loop.
abstract class Recipient implements Audience, Sweep.Member {
    final ShardContext context;
    final Merge merge;
    private final List<String> topics;
    private long blockingSinceNanos;
    private int place;

    Recipient(ShardContext context, List<String> topics) {
        this.context = context;
        this.topics = topics;
        merge = new Merge(context, topics.size());
    }

    /// The topics that were asked for.
    final List<String> topics() {
        return topics;
    }

    final Merge merge() {
        return merge;
    }

    /// Takes what is new in a topic into the queues and hands out what can be.
    final void offer(Topic topic, long head) {
        assert context.loop().inEventLoop();
        if (isEnding()) {
            return;
        }
        merge.offer(topic, head);
        flush();
        merge.noteLag();
    }

    /// Whether it takes no event any more.
    abstract boolean isEnding();

    /// Whether nothing was begun that is not yet whole.
    abstract boolean isBetweenEvents();

    /// Hands out what waits, as far as it is taken now.
    abstract void flush();

    /// Ends it between two events; what still waits is left to a resume.
    ///
    /// @param farewell the last message; null for none
    abstract void end(@Nullable Notice farewell, StreamEnd why);

    /// Ends it at once, for a shutdown that takes no longer.
    abstract void abort();

    /// Something of ours has failed; it comes back for what it was not brought.
    abstract void fail(Throwable cause);

    /// For how long visits have found that publishers wait for it, in nanoseconds; -1 when they do
    /// not.
    final long blockedNanos(long nowNanos) {
        if (!merge.blocksPublishers()) {
            blockingSinceNanos = 0;
            return -1;
        }
        blockingSinceNanos = blockingSinceNanos == 0 ? nowNanos : blockingSinceNanos;
        return nowNanos - blockingSinceNanos;
    }

    /// What it is told of the events that a queue has dropped.
    ///
    /// @param lastId of the last event that it got
    static Notice.Overflow overflow(Cursor dropped, @Nullable String lastId) {
        LogEntry next = dropped.hasWaiting() ? dropped.log().entry(dropped.next()) : null;
        return new Notice.Overflow(dropped.hole(), lastId, next == null ? null : next.id());
    }

    @Override
    public final void place(int newPlace) {
        place = newPlace;
    }

    @Override
    public final int place() {
        return place;
    }
}
