package io.spillgate.broker;

import io.spillgate.sse.Event;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The events of one topic, in order: a bounded, append-only log that subscribers read by position.
///
/// ```
///      kept for subscribers      history                 to come
///   ---|------------------------|-----------------------|------->  index
///     base                  historyBase                head
/// ```
///
/// What lies before `base` is gone, except entries that are pinned: a subscriber that drops
/// arriving events keeps the ones that already wait for it, and they may be older than everything
/// else here; so may an event of which a socket has taken a part.
///
/// Entries are read without a lock: a watch, or a pin, guarantees that they stay. All other public
/// methods take the broker's lock, the package-private ones are called under it; none does I/O.
public final class EventLog {
    private static final long LONGEST_NANOS = TimeUnit.DAYS.toNanos(365);

    final SizeIndex.Entry historyEntry = new SizeIndex.Entry(this);
    final SizeIndex.Entry queueEntry = new SizeIndex.Entry(this);
    final Expiries.Entry expiry = new Expiries.Entry(this);

    /// Bytes that [Memory] counts as waiting under `block`.
    long blockedBytes;

    private final Object lock;
    private final String topic;
    private final Memory memory;
    private final Watches watches = new Watches();
    private final Pins pins = new Pins();
    private final Map<String, LogEntry> byPublisherId = HashMap.newHashMap(0);
    private final Ring ring;
    private final Room room;
    private TopicSettings settings;
    private long historyBase;
    private long endByte;
    private long usedBytes;
    private long evictedSequence;
    private boolean evictedPublisherIds;
    private long appendedNanos;
    private boolean idle = true;

    EventLog(
            Object lock,
            String topic,
            TopicSettings settings,
            Memory memory,
            long evictedSequence,
            boolean evictedPublisherIds) {
        this.lock = lock;
        this.topic = topic;
        this.settings = settings;
        this.memory = memory;
        ring = new Ring(lock);
        room = new Room(this, memory);
        this.evictedSequence = evictedSequence;
        this.evictedPublisherIds = evictedPublisherIds;
    }

    /// The topic.
    public String topic() {
        return topic;
    }

    /// What a watcher has to know before it delivers, left in the watch; it is woken again for what
    /// comes later.
    public void look(Watch watch) {
        synchronized (lock) {
            watch.see(ring.head(), settings, idle);
        }
    }

    /// Copies the entries `from` to at most `to` (exclusive) into `target`; all of them must be
    /// readable.
    ///
    /// @return how many were copied: as many as fit
    public int read(long from, long to, LogEntry[] target) {
        int count = (int) Math.min(to - from, target.length);
        for (int i = 0; i < count; i++) {
            target[i] = entry(from + i);
        }
        return count;
    }

    /// The entry at an index that must be readable.
    public LogEntry entry(long index) {
        LogEntry entry = ring.peek(index);
        if (entry != null) {
            return entry;
        }
        synchronized (lock) {
            return at(index);
        }
    }

    /// The first index between two others, all readable, whose sequence is higher, by binary
    /// search; `to` when there is none.
    public long firstAfter(long sequence, long from, long to) {
        long low = from;
        long high = to;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (entry(middle).sequence() <= sequence) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// Bytes of the events between two indexes, of which the first must be readable or equal to the
    /// second.
    public long bytesBetween(long from, long to) {
        return from >= to ? 0 : entry(to - 1).endByte() - entry(from).startByte();
    }

    /// Keeps the entries `from` to `to` (exclusive) readable until they are unpinned, as far as the
    /// topic's `queue_bytes` allow.
    ///
    /// @return the end of what is pinned now, at most `to`
    public long pin(long from, long to) {
        synchronized (lock) {
            long index = from;
            while (index < to && pins.admits(at(index), settings.queueBytes())) {
                pins.add(at(index++));
            }
            return index;
        }
    }

    /// Keeps an event of which a socket has taken a part, until it is unpinned.
    public void hold(LogEntry entry) {
        synchronized (lock) {
            if (entry.pins == 0 && entry.index() < ring.base()) {
                addBytes(entry.footprint());
            }
            pins.add(entry);
            weigh();
        }
    }

    /// Lets go of entries that were pinned.
    ///
    /// @return publishers that may try again; to be run without a lock
    public List<Runnable> unpin(long from, long to) {
        synchronized (lock) {
            for (long index = from; index < to; index++) {
                LogEntry entry = pins.remove(index);
                if (entry != null && index < ring.base()) {
                    addBytes(-entry.footprint());
                }
            }
            weigh();
            return memory.relieved();
        }
    }

    /// A watcher has offered everything before `offeredTo` to its subscribers.
    ///
    /// @param keepFrom the first index that some subscriber still has to read; `offeredTo` when
    ///   none
    /// @param queuedFrom the first index that waits in some subscriber's queue; `offeredTo` when
    ///   none
    /// @return publishers that may try again; to be run without a lock
    public List<Runnable> report(Watch watch, long offeredTo, long keepFrom, long queuedFrom) {
        synchronized (lock) {
            watch.offeredTo = offeredTo;
            watch.keepFrom = keepFrom;
            watch.queuedFrom = queuedFrom;
            trim();
            return room.admit();
        }
    }

    /// Whether a publisher waits for room, so that a subscriber's progress is worth a report.
    public boolean hasWaiters() {
        synchronized (lock) {
            return room.hasWaiters();
        }
    }

    TopicSettings settings() {
        assert Thread.holdsLock(lock);
        return settings;
    }

    void settings(TopicSettings changed, long nowNanos) {
        settings = changed;
        expire(nowNanos);
    }

    boolean isUnused() {
        return watches.isEmpty() && room.isUnused() && !hasHistory();
    }

    boolean hasHistory() {
        return historyBase < ring.head();
    }

    long evictedSequence() {
        return evictedSequence;
    }

    /// Whether an event is gone that had an id of its publisher.
    boolean hasEvictedPublisherIds() {
        return evictedPublisherIds;
    }

    long headIndex() {
        return ring.head();
    }

    long historyStart() {
        return historyBase;
    }

    @Nullable LogEntry retained(String publisherId) {
        assert Thread.holdsLock(lock);
        return byPublisherId.get(publisherId);
    }

    /// The first index of the history whose sequence is higher; the head when there is none.
    long firstAfter(long sequence) {
        return firstAfter(sequence, historyBase, ring.head());
    }

    /// The reader's watch, which begins now if there is none.
    Watch watch(Reader reader) {
        return watches.of(reader, this, ring.head(), settings);
    }

    void unwatch(Watch watch) {
        watches.remove(watch);
        watch.reader.forget(watch);
        trim();
    }

    /// What was idle gets events: every reader has to find out whether it has subscribers.
    void begin(List<Reader> readers) {
        assert Thread.holdsLock(lock);
        if (idle) {
            idle = false;
            readers.forEach(reader -> reader.begin(watch(reader)));
        }
    }

    /// Nothing is published any more: the watchers may give their watches back.
    void idle(List<Watch> wake) {
        idle = true;
        wake(wake);
    }

    /// Whether a watch may end although there are subscribers.
    boolean isRetired(Watch watch) {
        long head = ring.head();
        return idle && head == watch.offeredTo && head == watch.keepFrom;
    }

    void wake(List<Watch> wake) {
        assert Thread.holdsLock(lock);
        watches.wake(wake);
    }

    /// Has the watchers drop some of what their slowest subscribers wait for.
    void squeeze(List<Watch> wake) {
        watches.squeeze();
        watches.wake(wake);
        weigh();
    }

    boolean isSqueezed() {
        return watches.isSqueezed();
    }

    /// Whether there is room for more, and who waits for it.
    Room room() {
        assert Thread.holdsLock(lock);
        return room;
    }

    /// The first index that was not offered to everyone, or that waits in somebody's queue.
    long firstWaiting(boolean queued) {
        return watches.firstWaiting(ring.head(), queued);
    }

    void append(Event event, long sequence, long nowNanos, String id) {
        LogEntry entry = new LogEntry(event, ring.head(), sequence, nowNanos, endByte, id);
        memory.addTopics(hasHistory() ? 0 : 1);
        ring.add(entry);
        endByte = entry.endByte();
        appendedNanos = nowNanos;
        addBytes(entry.footprint());
        if (event.id() != null) {
            byPublisherId.put(event.id(), entry);
        }
        expire(nowNanos);
    }

    /// Drops what the history may no longer hold at this time.
    void expire(long nowNanos) {
        trimHistory(nowNanos);
        trim();
    }

    /// When the history loses its next event, if there is one.
    long historyDueNanos() {
        long nanos = Math.min(settings.historyNanos(), LONGEST_NANOS);
        return at(historyBase).publishedNanos() + nanos + 1;
    }

    long appendedNanos() {
        return appendedNanos;
    }

    /// Drops the older half of the history that no subscriber needs.
    void evictHistory() {
        long from = watches.keepFrom(ring.head());
        moveHistory(historyBase + (from - historyBase + 1) / 2);
        trim();
    }

    private void trimHistory(long nowNanos) {
        long first =
                settings.keepsHistory()
                        ? Math.max(historyBase, ring.head() - settings.historySize())
                        : ring.head();
        while (first < ring.head()
                && (endByte - at(first).startByte() > settings.historyBytes()
                        || nowNanos - at(first).publishedNanos() > settings.historyNanos())) {
            first++;
        }
        moveHistory(first);
    }

    private void moveHistory(long first) {
        for (; historyBase < first; historyBase++) {
            LogEntry entry = at(historyBase);
            evictedSequence = entry.sequence();
            if (entry.publisherId() != null) {
                evictedPublisherIds = true;
                byPublisherId.remove(entry.publisherId(), entry);
            }
            memory.addTopics(historyBase + 1 == ring.head() ? -1 : 0);
        }
    }

    /// Frees what neither the history nor a subscriber needs.
    private void trim() {
        long first = Math.min(historyBase, watches.keepFrom(ring.head()));
        while (ring.base() < first) {
            LogEntry entry = ring.removeFirst();
            if (entry.pins == 0) {
                addBytes(-entry.footprint());
            }
        }
        ring.shrink();
        weigh();
    }

    private void weigh() {
        long free = footprint(historyBase, watches.keepFrom(ring.head()));
        long queued = footprint(firstWaiting(true), ring.head());
        memory.weigh(this, free, queued, usedBytes - free - queued);
    }

    private long footprint(long from, long to) {
        return to <= from
                ? 0
                : LogEntry.footprint(at(to - 1).endByte() - at(from).startByte(), to - from);
    }

    private void addBytes(long bytes) {
        usedBytes += bytes;
        memory.addBytes(bytes);
    }

    private LogEntry at(long index) {
        if (index >= ring.base()) {
            return ring.get(index);
        }
        LogEntry entry = pins.get(index);
        if (entry == null) {
            throw new IllegalStateException(
                    "index " + index + " of " + topic + " is gone, base is " + ring.base());
        }
        return entry;
    }
}
