package io.spillgate.log;

import io.spillgate.config.OverflowPolicy;
import io.spillgate.sse.Event;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

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
/// Entries are read without a lock, by the public methods: a watch, or a pin, guarantees that they
/// stay. Everything else is called by [Logs] under its lock.
public final class EventLog {
    private static final long LONGEST_NANOS = TimeUnit.DAYS.toNanos(365);

    /// How far publishers may run ahead of the fan-out, in events; so an event is offered to every
    /// subscriber before so many more arrive that a healthy one could seem slow.
    private static final int MAX_WINDOW = 1024;

    final Expiries.Entry<EventLog> expiry = new Expiries.Entry<>(this);

    /// The events that wait for room, in their order.
    final LinkedHashMap<Publisher, Offer> waiting = new LinkedHashMap<>(0);

    private final Object lock;
    private final String topic;
    private final Memory<EventLog> memory;
    private final Memory.Share<EventLog> share = new Memory.Share<>(this);
    private final Consumer<Watch> wakes;
    private final Watches watches = new Watches();
    private final Pins pins = new Pins();
    private final Map<String, LogEntry> byPublisherId = HashMap.newHashMap(0);
    private final Ring ring;
    private TopicSettings settings;
    private long historyBase;
    private long endByte;
    private long usedBytes;
    private long evictedSequence;
    private boolean evictedPublisherIds;
    private long appendedNanos;
    private boolean idle = true;

    /// @param wakes gets the watches whose watchers are to be woken
    EventLog(
            Object lock,
            String topic,
            TopicSettings settings,
            Memory<EventLog> memory,
            Consumer<Watch> wakes,
            long evictedSequence,
            boolean evictedPublisherIds) {
        this.lock = lock;
        this.topic = topic;
        this.settings = settings;
        this.memory = memory;
        this.wakes = wakes;
        ring = new Ring(lock);
        this.evictedSequence = evictedSequence;
        this.evictedPublisherIds = evictedPublisherIds;
    }

    /// The topic.
    public String topic() {
        return topic;
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

    /// Leaves in a watch what its watcher has to know before it delivers; it is woken again for
    /// what comes later.
    void look(Watch watch) {
        watch.see(ring.head(), settings, idle);
    }

    /// As [Logs#pin].
    long pin(long from, long to) {
        long index = from;
        while (index < to && pins.admits(at(index), settings.queueBytes())) {
            pins.add(at(index++));
        }
        return index;
    }

    /// As [Logs#hold].
    void hold(LogEntry entry) {
        if (entry.pins == 0 && entry.index() < ring.base()) {
            addBytes(entry.footprint());
        }
        pins.add(entry);
        weigh();
    }

    /// As [Logs#unpin].
    void unpin(long from, long to) {
        for (long index = from; index < to; index++) {
            LogEntry entry = pins.remove(index);
            if (entry != null && index < ring.base()) {
                addBytes(-entry.footprint());
            }
        }
        weigh();
    }

    /// As [Logs#report].
    void report(Watch watch, long offeredTo, long keepFrom, long queuedFrom) {
        watch.offeredTo = offeredTo;
        watch.keepFrom = keepFrom;
        watch.queuedFrom = queuedFrom;
        trim();
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
        return watches.isEmpty() && waiting.isEmpty() && !hasHistory();
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
    void idle() {
        idle = true;
        wake();
    }

    /// Whether a watch may end although there are subscribers.
    boolean isRetired(Watch watch) {
        long head = ring.head();
        return idle && head == watch.offeredTo && head == watch.keepFrom;
    }

    /// Has the watchers look.
    void wake() {
        assert Thread.holdsLock(lock);
        watches.wake(wakes);
    }

    /// Has the watchers drop some of what their slowest subscribers wait for.
    void squeeze() {
        watches.squeeze();
        wake();
        weigh();
    }

    /// Whether another event may come: the fan-out is not too far behind, and under `block` no
    /// subscriber's queue is full. One event may exceed the bytes.
    boolean isWithinQueues() {
        boolean block = settings.policy() == OverflowPolicy.BLOCK;
        long head = ring.head();
        long from = watches.firstWaiting(head, block);
        if (from == head) {
            return true;
        }
        int events = block ? settings.queueSize() : Math.min(settings.queueSize(), MAX_WINDOW);
        return head - from < events && bytesBetween(from, head) < settings.queueBytes();
    }

    /// Appends an event; [#expire] has to follow.
    ///
    /// @param epochNanos when it was published, perhaps by the clock of another machine
    void append(Event event, long sequence, long epochNanos, long nowNanos, String id) {
        LogEntry entry = new LogEntry(event, topic, ring.head(), sequence, epochNanos, endByte, id);
        memory.addTopics(hasHistory() ? 0 : 1);
        ring.add(entry);
        endByte = entry.endByte();
        appendedNanos = nowNanos;
        addBytes(entry.footprint());
        if (event.id() != null) {
            byPublisherId.put(event.id(), entry);
        }
    }

    /// An event will never come: it counts as evicted, and whoever had to get it is to be told.
    void lose(long sequence, long nowNanos) {
        assert Thread.holdsLock(lock);
        evictedSequence = Math.max(evictedSequence, sequence);
        evictedPublisherIds = true;
        appendedNanos = nowNanos;
        watches.lose();
        wake();
    }

    /// Drops what the history may no longer hold at this time.
    void expire(long nowNanos) {
        trimHistory(nowNanos);
        trim();
    }

    /// When the history loses its next event, if there is one.
    long historyDueNanos() {
        long nanos = Math.min(settings.historyNanos(), LONGEST_NANOS);
        return at(historyBase).epochNanos() + nanos + 1;
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
                        || nowNanos - at(first).epochNanos() > settings.historyNanos())) {
            first++;
        }
        moveHistory(first);
    }

    private void moveHistory(long first) {
        for (; historyBase < first; historyBase++) {
            LogEntry entry = at(historyBase);
            evictedSequence = Math.max(evictedSequence, entry.sequence());
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
        boolean block = settings.policy() == OverflowPolicy.BLOCK;
        long blocked = block ? footprint(watches.firstWaiting(ring.head(), true), ring.head()) : 0;
        long droppable = watches.isSqueezed() ? 0 : usedBytes - free - blocked;
        memory.weigh(share, free, blocked, droppable);
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
