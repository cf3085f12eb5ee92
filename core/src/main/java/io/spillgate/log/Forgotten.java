package io.spillgate.log;

import java.util.BitSet;

/// What is known of the events of topics that have no log any more, in a table of fixed size:
/// topics that share a place are taken for one, so that a client may be told of a loss that
/// concerns another topic, and never the other way round. Guarded by the lock of the logs.
final class Forgotten {
    private static final int PLACES = 1 << 14;

    private final Object lock;
    private final long[] sequences = new long[PLACES];
    private final BitSet publisherIds = new BitSet();
    private long floor;

    /// @param lock that of the logs
    Forgotten(Object lock) {
        this.lock = lock;
    }

    /// The highest sequence of them; 0 when there are none.
    long sequence(String topic) {
        assert Thread.holdsLock(lock);
        return Math.max(floor, sequences[place(topic)]);
    }

    /// Whether one of them had an id of its publisher.
    boolean hasPublisherIds(String topic) {
        assert Thread.holdsLock(lock);
        return floor > 0 || publisherIds.get(place(topic));
    }

    /// Of every topic there may have been events up to here.
    void floor(long sequence) {
        assert Thread.holdsLock(lock);
        floor = sequence;
    }

    /// A log is forgotten.
    void add(EventLog log) {
        assert Thread.holdsLock(lock);
        int place = place(log.topic());
        sequences[place] = Math.max(sequences[place], log.evictedSequence());
        if (log.hasEvictedPublisherIds()) {
            publisherIds.set(place);
        }
    }

    private static int place(String topic) {
        int hash = topic.hashCode();
        return (hash ^ (hash >>> 16)) & (PLACES - 1);
    }
}
