package io.spillgate.broker;

import io.spillgate.config.OverflowPolicy;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// What all logs hold together, and which of them could hold less.
///
/// The bytes of a log are its history that nobody has to read any more, which can go at once, and
/// what its subscribers wait for. Of the latter a log whose policy drops events can be asked to let
/// go; what is queued under `block` can't be dropped, so all of that together may be half of the
/// memory at most. Guarded by the broker's lock; the readings may be taken without it.
final class Memory {
    /// Subscribers are asked to let go when so much of the memory is left.
    private static final int SPARE_PART = 16;

    private static final int SQUEEZED_AT_ONCE = 4;

    private final Object lock;
    private final SizeIndex histories = new SizeIndex();
    private final SizeIndex queues = new SizeIndex();
    private final Set<EventLog> starved = new LinkedHashSet<>();
    private long limitBytes;
    private long blockedBytes;
    private volatile long usedBytes;
    private volatile int topicsWithHistory;

    /// @param lock the broker's
    Memory(Object lock, long limitBytes) {
        this.lock = lock;
        this.limitBytes = limitBytes;
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

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time, under the broker's lock
    void addBytes(long bytes) {
        assert Thread.holdsLock(lock);
        usedBytes += bytes;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time, under the broker's lock
    void addTopics(int topics) {
        assert Thread.holdsLock(lock);
        topicsWithHistory += topics;
    }

    /// A log's parts have changed.
    ///
    /// @param history bytes that can go at once
    /// @param queued bytes of the events that wait in somebody's queue, or for the fan-out
    /// @param others all its other bytes: of replays, and of events that were begun
    void weigh(EventLog log, long history, long queued, long others) {
        assert Thread.holdsLock(lock);
        boolean blocks = log.settings().policy() == OverflowPolicy.BLOCK;
        long blocked = blocks ? queued : 0;
        blockedBytes += blocked - log.blockedBytes;
        log.blockedBytes = blocked;
        histories.update(log.historyEntry, history);
        queues.update(log.queueEntry, log.isSqueezed() ? 0 : queued - blocked + others);
    }

    /// Whether so many bytes more fit once all history is given up.
    boolean fits(OverflowPolicy policy, long bytes) {
        return fitsShared(bytes)
                && (policy != OverflowPolicy.BLOCK || blockedBytes + bytes <= mostBytes(policy));
    }

    /// Whether so many bytes more fit beside what all topics hold for their subscribers.
    boolean fitsShared(long bytes) {
        assert Thread.holdsLock(lock);
        return usedBytes - histories.totalBytes() + bytes <= limitBytes;
    }

    /// What subscribers of topics with this policy may wait for.
    long mostBytes(OverflowPolicy policy) {
        return policy == OverflowPolicy.BLOCK ? limitBytes / 2 : limitBytes;
    }

    /// Makes room for an event, first by giving up the older half of the largest histories.
    ///
    /// @param wake gets the watches of logs that are asked to let go of what waits
    /// @param evicted is told of each log that has lost history
    void makeRoom(long bytes, List<Watch> wake, Consumer<EventLog> evicted) {
        assert Thread.holdsLock(lock);
        EventLog largest = histories.largest();
        while (largest != null && usedBytes + bytes > limitBytes) {
            largest.evictHistory();
            evicted.accept(largest);
            largest = histories.largest();
        }
        long waiting = usedBytes - histories.totalBytes();
        if (waiting + bytes > limitBytes - limitBytes / SPARE_PART) {
            squeeze(wake);
        }
    }

    /// A publisher waits until so much memory is free that its event fits.
    void starve(EventLog log) {
        assert Thread.holdsLock(lock);
        starved.add(log);
    }

    /// The publishers that may try again because memory was freed.
    List<Runnable> relieved() {
        assert Thread.holdsLock(lock);
        if (starved.isEmpty()) {
            return List.of();
        }
        List<Runnable> next = new ArrayList<>();
        for (Iterator<EventLog> logs = starved.iterator(); logs.hasNext(); ) {
            EventLog log = logs.next();
            if (!log.room().isStarved()) {
                logs.remove();
                next.addAll(log.room().admitHere());
            }
        }
        return next;
    }

    /// Asks again while publishers wait: a socket that was only slow may have stopped meanwhile.
    void squeezeIfStarved(List<Watch> wake) {
        assert Thread.holdsLock(lock);
        for (EventLog log : starved) {
            if (log.room().lacksSharedMemory()) {
                squeeze(wake);
                return;
            }
        }
    }

    private void squeeze(List<Watch> wake) {
        for (int i = 0; i < SQUEEZED_AT_ONCE; i++) {
            @Nullable EventLog log = queues.largest();
            if (log == null) {
                return;
            }
            log.squeeze(wake);
        }
    }
}
