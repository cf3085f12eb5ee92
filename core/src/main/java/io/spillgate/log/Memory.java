package io.spillgate.log;

import io.spillgate.config.OverflowPolicy;

import org.jspecify.annotations.Nullable;

/// What all logs hold together, and which of them could hold less.
///
/// The bytes of a log are its history that nobody has to read any more, which can go at once, and
/// what its subscribers wait for. Of the latter a log whose policy drops events can be asked to let
/// go; what is queued under `block` can't be dropped, so all of that together may be half of the
/// memory at most. Guarded by the lock of the logs; the readings may be taken without it.
///
/// @param <L> the logs
final class Memory<L> {
    /// Subscribers are asked to let go when so much of the memory is left.
    private static final int SPARE_PART = 16;

    private final Object lock;
    private final SizeIndex<L> histories = new SizeIndex<>();
    private final SizeIndex<L> queues = new SizeIndex<>();
    private long limitBytes;
    private long blockedBytes;
    private volatile long usedBytes;
    private volatile int topicsWithHistory;

    /// @param lock that of the logs
    Memory(Object lock, long limitBytes) {
        this.lock = lock;
        this.limitBytes = limitBytes;
    }

    /// What one log holds, by what can become of it.
    static final class Share<L> {
        private final SizeIndex.Entry<L> history;
        private final SizeIndex.Entry<L> queue;
        private long blockedBytes;

        Share(L log) {
            history = new SizeIndex.Entry<>(log);
            queue = new SizeIndex.Entry<>(log);
        }
    }

    void limit(long bytes) {
        assert Thread.holdsLock(lock);
        limitBytes = bytes;
    }

    long usedBytes() {
        return usedBytes;
    }

    int topicsWithHistory() {
        return topicsWithHistory;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time, under the lock
    void addBytes(long bytes) {
        assert Thread.holdsLock(lock);
        usedBytes += bytes;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time, under the lock
    void addTopics(int topics) {
        assert Thread.holdsLock(lock);
        topicsWithHistory += topics;
    }

    /// A log's parts have changed.
    ///
    /// @param history bytes that can go at once
    /// @param blocked bytes of events that wait, and that no subscriber may drop
    /// @param droppable bytes that the log's subscribers can be asked to let go
    void weigh(Share<L> share, long history, long blocked, long droppable) {
        assert Thread.holdsLock(lock);
        blockedBytes += blocked - share.blockedBytes;
        share.blockedBytes = blocked;
        histories.update(share.history, history);
        queues.update(share.queue, droppable);
    }

    /// Whether so many bytes more fit once all history is given up.
    boolean fits(OverflowPolicy policy, long bytes) {
        return fitsShared(bytes)
                && (policy != OverflowPolicy.BLOCK || blockedBytes + bytes <= mostBytes(policy));
    }

    /// Whether so many bytes more fit beside what all topics hold for their subscribers.
    boolean fitsShared(long bytes) {
        assert Thread.holdsLock(lock);
        return heldBytes() + bytes <= limitBytes;
    }

    /// What subscribers of topics with this policy may wait for.
    long mostBytes(OverflowPolicy policy) {
        return policy == OverflowPolicy.BLOCK ? limitBytes / 2 : limitBytes;
    }

    /// The log with the largest history if some of the history has to go for so many bytes more;
    /// else null.
    @Nullable L largestHistory(long bytes) {
        assert Thread.holdsLock(lock);
        return usedBytes + bytes > limitBytes ? histories.largest() : null;
    }

    /// Whether subscribers should let go of something before so many bytes more are held.
    boolean isNearlyFull(long bytes) {
        assert Thread.holdsLock(lock);
        return heldBytes() + bytes > limitBytes - limitBytes / SPARE_PART;
    }

    /// The log with the most that its subscribers can be asked to let go; null when there is none.
    @Nullable L largestQueue() {
        assert Thread.holdsLock(lock);
        return queues.largest();
    }

    private long heldBytes() {
        return usedBytes - histories.totalBytes();
    }
}
