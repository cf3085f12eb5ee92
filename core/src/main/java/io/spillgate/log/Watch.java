package io.spillgate.log;

/// A watcher's interest in a log, and what it last reported.
///
/// Guarded by the lock of the logs, as [EventLog] asserts, but for what [Logs#look(Watch)] has left
/// for the watcher's loop.
public final class Watch {
    final EventLog log;
    final Reader reader;

    /// Whether the watcher was woken and has not looked since.
    boolean woken;

    /// Whether the watcher has to let go of what its slowest subscribers wait for.
    boolean squeezed;

    /// Whether events were lost and the watcher has not looked since.
    boolean lost;

    /// Everything before this index was offered to all subscribers of the watcher.
    long offeredTo;

    /// The first index that some subscriber of the watcher still has to read from the log.
    long keepFrom;

    /// The first index that waits in some subscriber's queue; replayed events do not count.
    long queuedFrom;

    private final long start;
    private long seenHead;
    private TopicSettings seenSettings;
    private boolean seenSqueezed;
    private boolean seenIdle;
    private boolean seenLoss;

    Watch(EventLog log, Reader reader, long start, TopicSettings settings) {
        this.log = log;
        this.reader = reader;
        this.start = start;
        offeredTo = start;
        keepFrom = start;
        queuedFrom = start;
        seenHead = start;
        seenSettings = settings;
    }

    /// The log that is watched.
    public EventLog log() {
        return log;
    }

    /// The index of the next event when the watch began. Any thread.
    public long start() {
        return start;
    }

    /// The index of the next event, as of the last look.
    public long head() {
        return seenHead;
    }

    /// What held for the topic at the last look.
    public TopicSettings settings() {
        return seenSettings;
    }

    /// Whether memory is short and this topic holds much of it: the watcher has to drop some of
    /// what its slowest subscribers wait for before it reports.
    public boolean isSqueezed() {
        return seenSqueezed;
    }

    /// Whether nothing was published for a while and nothing is retained, so that the watch may be
    /// given back by [Logs#retire(Watch)].
    public boolean isIdle() {
        return seenIdle;
    }

    /// Whether events of the topic were lost since the look before the last one: [Logs#news] has to
    /// be heard before anything is delivered.
    public boolean hasLoss() {
        return seenLoss;
    }

    void see(long head, TopicSettings settings, boolean idle) {
        woken = false;
        seenHead = head;
        seenSettings = settings;
        seenSqueezed = squeezed;
        squeezed = false;
        seenIdle = idle;
        seenLoss = lost;
        lost = false;
    }
}
