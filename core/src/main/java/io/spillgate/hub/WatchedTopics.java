package io.spillgate.hub;

import java.util.concurrent.atomic.AtomicInteger;

/// Counts the topics that are watched, each as often as there are subscribers of it, up to a bound.
/// Thread safe.
public final class WatchedTopics {
    private final AtomicInteger count = new AtomicInteger();
    private volatile int limit;

    /// @param limit how many may be watched
    WatchedTopics(int limit) {
        this.limit = limit;
    }

    /// Makes room for the topics of a subscriber; false when there is none.
    public boolean tryAdd(int topics) {
        if (count.addAndGet(topics) <= limit) {
            return true;
        }
        count.addAndGet(-topics);
        return false;
    }

    /// How many are watched now.
    public int count() {
        return count.get();
    }

    /// How many may be watched.
    public int limit() {
        return limit;
    }

    void limit(int changed) {
        limit = changed;
    }

    /// Gives back what was taken by [#tryAdd].
    public void remove(int topics) {
        count.addAndGet(-topics);
    }
}
