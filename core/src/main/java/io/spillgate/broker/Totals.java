package io.spillgate.broker;

/// What all logs hold together. Guarded by the broker's lock; the readings may be taken without it.
final class Totals {
    private volatile long usedBytes;
    private volatile int topicsWithHistory;

    long usedBytes() {
        return usedBytes;
    }

    int topicsWithHistory() {
        return topicsWithHistory;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time, under the broker's lock
    void addBytes(long bytes) {
        usedBytes += bytes;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time, under the broker's lock
    void addTopics(int topics) {
        topicsWithHistory += topics;
    }
}
