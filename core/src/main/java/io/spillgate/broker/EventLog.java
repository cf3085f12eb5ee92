package io.spillgate.broker;

import io.spillgate.config.OverflowPolicy;
import io.spillgate.sse.Frame;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
/// else here.
///
/// All methods take the broker's lock; none does I/O.
public final class EventLog {
    /// How far publishers may run ahead of the fan-out, in events; so an event is offered to every
    /// subscriber before so many more arrive that a healthy one could seem slow.
    private static final int MAX_WINDOW = 1024;

    private final Object lock;
    private final String topic;
    private final Totals totals;
    private final List<Watch> watches = new ArrayList<>(1);
    private final Map<Long, LogEntry> pinned = HashMap.newHashMap(0);
    private final Map<String, LogEntry> byPublisherId = HashMap.newHashMap(0);
    private final WaitingLine waiters = new WaitingLine();
    private TopicSettings settings;
    private LogEntry[] ring = new LogEntry[4];
    private long base;
    private long historyBase;
    private long head;
    private long endByte;
    private long evictedSequence;
    private long pinnedBytes;

    /// Where the broker's sweep finds this log.
    int place;

    EventLog(
            Object lock,
            String topic,
            TopicSettings settings,
            Totals totals,
            long evictedSequence) {
        this.lock = lock;
        this.topic = topic;
        this.settings = settings;
        this.totals = totals;
        this.evictedSequence = evictedSequence;
    }

    /// The topic.
    public String topic() {
        return topic;
    }

    /// What holds for this topic now.
    public TopicSettings settings() {
        synchronized (lock) {
            return settings;
        }
    }

    /// The index of the next event, read by a watcher that begins to deliver; it is woken again for
    /// later events.
    public long head(Watch watch) {
        synchronized (lock) {
            watch.woken = false;
            return head;
        }
    }

    /// Copies the entries `from` to at most `to` (exclusive) into `target`; all of them must be
    /// readable.
    ///
    /// @return how many were copied: as many as fit
    public int read(long from, long to, LogEntry[] target) {
        synchronized (lock) {
            int count = (int) Math.min(to - from, target.length);
            for (int i = 0; i < count; i++) {
                target[i] = at(from + i);
            }
            return count;
        }
    }

    /// The entry at an index that must be readable.
    public LogEntry entry(long index) {
        synchronized (lock) {
            return at(index);
        }
    }

    /// The first index between two others, all readable, whose sequence is higher, by binary
    /// search; `to` when there is none.
    public long firstAfter(long sequence, long from, long to) {
        synchronized (lock) {
            long low = from;
            long high = to;
            while (low < high) {
                long middle = (low + high) >>> 1;
                if (at(middle).sequence() <= sequence) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }
    }

    /// Bytes of the events between two indexes, of which the first must be readable or equal to the
    /// second.
    public long bytesBetween(long from, long to) {
        synchronized (lock) {
            return from >= to ? 0 : at(to - 1).endByte() - at(from).startByte();
        }
    }

    /// Keeps the entries `from` to `to` (exclusive) readable until they are unpinned, as far as the
    /// topic's `queue_bytes` allow.
    ///
    /// @return the end of what is pinned now, at most `to`
    public long pin(long from, long to) {
        synchronized (lock) {
            for (long index = from; index < to; index++) {
                LogEntry entry = at(index);
                if (entry.pins == 0
                        && pinnedBytes + entry.frame().length() > settings.queueBytes()) {
                    return index;
                }
                if (entry.pins++ == 0) {
                    pinned.put(index, entry);
                    pinnedBytes += entry.frame().length();
                }
            }
            return to;
        }
    }

    /// Lets go of entries that were pinned.
    public void unpin(long from, long to) {
        synchronized (lock) {
            for (long index = from; index < to; index++) {
                LogEntry entry = pinned.get(index);
                if (entry == null || --entry.pins > 0) {
                    continue;
                }
                pinned.remove(index);
                pinnedBytes -= entry.frame().length();
                if (index < base) {
                    totals.addBytes(-entry.footprint());
                }
            }
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
            return admitWaiters();
        }
    }

    /// Whether a publisher waits for room, so that a subscriber's progress is worth a report.
    public boolean hasWaiters() {
        synchronized (lock) {
            return !waiters.isEmpty();
        }
    }

    void settings(TopicSettings settings) {
        this.settings = settings;
        trim();
    }

    boolean isUnused() {
        return watches.isEmpty() && waiters.isEmpty() && !hasHistory();
    }

    boolean hasHistory() {
        return historyBase < head;
    }

    long evictedSequence() {
        return evictedSequence;
    }

    long headIndex() {
        return head;
    }

    long historyStart() {
        return historyBase;
    }

    @Nullable LogEntry retained(String publisherId) {
        return byPublisherId.get(publisherId);
    }

    /// The first index of the history whose sequence is higher; the head when there is none.
    long firstAfter(long sequence) {
        return firstAfter(sequence, historyBase, head);
    }

    Watch watch(Watcher watcher) {
        Watch watch = new Watch(this, watcher, head);
        watches.add(watch);
        return watch;
    }

    void unwatch(Watch watch) {
        watches.remove(watch);
        trim();
    }

    List<Watch> watches() {
        return watches;
    }

    /// Whether there is room for an event; one event may exceed the bytes.
    private boolean hasRoom() {
        long from = head;
        boolean block = settings.policy() == OverflowPolicy.BLOCK;
        for (Watch watch : watches) {
            from =
                    Math.min(
                            from,
                            block ? Math.min(watch.queuedFrom, watch.offeredTo) : watch.offeredTo);
        }
        if (from == head) {
            return true;
        }
        int events = block ? settings.queueSize() : Math.min(settings.queueSize(), MAX_WINDOW);
        return head - from < events && bytesBetween(from, head) < settings.queueBytes();
    }

    /// Whether a publisher may append now: there is room, and it is its turn.
    boolean admits(boolean waited) {
        return hasRoom() && (waited || waiters.isFree());
    }

    boolean queueWaiter(Runnable retry, boolean waited) {
        if (admits(waited)) {
            waiters.letIn(retry);
            return false;
        }
        if (waited) {
            waiters.addFirst(retry);
        } else {
            waiters.addLast(retry);
        }
        return true;
    }

    void removeWaiter(Runnable retry) {
        waiters.remove(retry);
    }

    void settled() {
        waiters.settled();
    }

    List<Runnable> admitWaiters() {
        if (waiters.isEmpty() || !hasRoom()) {
            return List.of();
        }
        Runnable next = waiters.next();
        return next == null ? List.of() : List.of(next);
    }

    LogEntry append(Frame frame, long sequence, long nowNanos, String id, boolean publisherId) {
        LogEntry entry = new LogEntry(frame, head, sequence, nowNanos, endByte, id);
        if (head - base == ring.length) {
            resize(ring.length * 2);
        }
        ring[(int) head & (ring.length - 1)] = entry;
        totals.addTopics(hasHistory() ? 0 : 1);
        head++;
        endByte = entry.endByte();
        totals.addBytes(entry.footprint());
        if (publisherId) {
            byPublisherId.put(id, entry);
        }
        trimHistory(nowNanos);
        trim();
        return entry;
    }

    /// Drops what the history may no longer hold at this time.
    void expire(long nowNanos) {
        trimHistory(nowNanos);
        trim();
    }

    /// Bytes that [#evictHistory] could free.
    long evictableBytes() {
        long from = keepFrom();
        return from <= historyBase ? 0 : at(from - 1).endByte() - at(historyBase).startByte();
    }

    /// Drops the older half of what no subscriber needs.
    void evictHistory() {
        long from = keepFrom();
        moveHistory(historyBase + (from - historyBase + 1) / 2);
        trim();
    }

    private void trimHistory(long nowNanos) {
        long first =
                settings.keepsHistory()
                        ? Math.max(historyBase, head - settings.historySize())
                        : head;
        while (first < head
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
            byPublisherId.remove(entry.id(), entry);
            totals.addTopics(historyBase + 1 == head ? -1 : 0);
        }
    }

    /// Frees what neither the history nor a subscriber needs.
    private void trim() {
        long first = Math.min(historyBase, keepFrom());
        for (; base < first; base++) {
            int slot = (int) base & (ring.length - 1);
            LogEntry entry = ring[slot];
            ring[slot] = null;
            if (entry.pins == 0) {
                totals.addBytes(-entry.footprint());
            }
        }
        if (ring.length > 64 && head - base < ring.length / 8) {
            resize(ring.length / 4);
        }
    }

    private long keepFrom() {
        long first = head;
        for (Watch watch : watches) {
            first = Math.min(first, Math.min(watch.keepFrom, watch.offeredTo));
        }
        return first;
    }

    private LogEntry at(long index) {
        if (index >= base) {
            return ring[(int) index & (ring.length - 1)];
        }
        LogEntry entry = pinned.get(index);
        if (entry == null) {
            throw new IllegalStateException(
                    "index " + index + " of " + topic + " is gone, base is " + base);
        }
        return entry;
    }

    private void resize(int length) {
        LogEntry[] larger = new LogEntry[length];
        for (long index = base; index < head; index++) {
            larger[(int) index & (length - 1)] = ring[(int) index & (ring.length - 1)];
        }
        ring = larger;
    }
}
