package io.spillgate.log;

import io.spillgate.net.WallClock;
import io.spillgate.sse.Event;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// The logs of all topics, in one order over all of them.
///
/// One lock guards them. It is held for taking a sequence number, appending a reference and
/// trimming; events are encoded and settings looked up before it is taken, watchers woken and
/// publishers answered after it is released. One order over all topics is what lets a single
/// `Last-Event-ID` stand for a stream of many of them. Entries are read without the lock.
///
/// Thread safe; no method does I/O. Events come in by one of two ways: [#offer] orders them here,
/// [#deliver] takes over an order that was made elsewhere.
public final class Logs {
    private static final int EXPIRED_PER_HOLD = 100;
    private static final int HOLDS_PER_EXPIRY = 100;

    private final Object lock = new Object();
    private final Lineage lineage;
    private final WallClock clock;
    private final Effects effects = new Effects(lock);
    private final Memory<EventLog> memory;
    private final TopicTable topics;
    private final Appender appender;

    /// Logs without events.
    ///
    /// @param lineage the form of positions
    public Logs(Lineage lineage, TopicRules rules, LogLimits limits, WallClock clock) {
        this.lineage = lineage;
        this.clock = clock;
        memory = new Memory<>(lock, limits.memoryBytes());
        topics = new TopicTable(lock, memory, effects::wake, rules, limits.topics());
        appender = new Appender(lock, topics, memory, lineage, clock, effects);
    }

    /// Gives an event the next place in the order and appends it; lets it wait where there is no
    /// room.
    ///
    /// @param waitNanos how long it may wait; 0 or less: not at all
    /// @param publisher is told what became of an event that had to wait
    /// @return pending if it waits
    public Publication offer(String topic, Event event, long waitNanos, Publisher publisher) {
        Publication outcome = null;
        Runnable after = null;
        while (outcome == null || after == null) {
            Offer offer = offer(topic, event, publisher);
            synchronized (lock) {
                outcome = appender.offer(offer, waitNanos);
                after = effects();
            }
        }
        after.run();
        return outcome;
    }

    /// Forgets an event that waits, if it still does: its publisher hears nothing more of it.
    public void withdraw(String topic, Publisher publisher) {
        Runnable after;
        synchronized (lock) {
            EventLog log = topics.get(topic);
            if (log == null) {
                return;
            }
            appender.withdraw(log, publisher);
            after = effects();
        }
        after.run();
    }

    /// Appends an event that was ordered elsewhere, whether there is room or not. To be called in
    /// rising order of the sequences, over all topics; what is not above the last one was delivered
    /// before and is ignored.
    ///
    /// @param epochNanos when it was published, in nanoseconds since 1970
    /// @return whether it was new
    public boolean deliver(String topic, Event event, long sequence, long epochNanos) {
        Boolean fresh = null;
        Runnable after = null;
        while (fresh == null || after == null) {
            Offer offer = offer(topic, event, _ -> {});
            synchronized (lock) {
                fresh = appender.deliver(offer, sequence, epochNanos);
                after = effects();
            }
        }
        after.run();
        return fresh;
    }

    /// An event that was ordered elsewhere will never come: streams of its topic end, and who comes
    /// back for it is told of a gap. To be called in the order of [#deliver].
    ///
    /// @return whether that was new
    public boolean lose(String topic, long sequence) {
        while (true) {
            TopicRules current = topics.rules();
            TopicSettings settings = current.of(topic);
            boolean fresh;
            Runnable after;
            synchronized (lock) {
                if (topics.rules() != current) {
                    continue;
                }
                fresh = appender.lose(topics.of(topic, settings), sequence);
                after = effects();
            }
            after.run();
            return fresh;
        }
    }

    /// The order goes on behind this place: what was published up to there, in whatever topic, is
    /// not here, and who comes back for it is told of a gap. To be called before the first event.
    public void startAfter(long sequence) {
        synchronized (lock) {
            appender.startAfter(sequence);
            topics.forgotten().floor(sequence);
        }
    }

    /// Registers one that delivers events. From now on it gets a watch of every topic that begins
    /// to have events, to be given back by [#unwatch] when it has no subscriber of it.
    public Reader reader(Watcher watcher) {
        Reader reader = new Reader(lock, watcher);
        synchronized (lock) {
            topics.add(reader);
        }
        return reader;
    }

    /// What a reader has to hear before it delivers.
    public Reader.News news(Reader reader) {
        synchronized (lock) {
            return reader.takeNews();
        }
    }

    /// Finds where a subscriber begins. What it has to replay, and everything after that, stays
    /// readable until the watches are reported; so the reader's own thread has to call this.
    ///
    /// @param names its topics, each once
    /// @param lastEventId what the client got last; null or empty: only what comes from now on
    public ResumePoint join(Reader reader, List<String> names, @Nullable String lastEventId) {
        synchronized (lock) {
            long now = clock.epochNanos();
            @Nullable Watch[] watches = new Watch[names.size()];
            for (int i = 0; i < watches.length; i++) {
                EventLog log = topics.get(names.get(i));
                if (log != null) {
                    log.expire(now);
                    watches[i] = topics.forgetIfUnused(log) ? null : log.watch(reader);
                }
            }
            return new Locator(names, watches, lineage, appender.lastSequence(), topics.forgotten())
                    .locate(lastEventId);
        }
    }

    /// Leaves in a watch what its watcher has to know before it delivers; it is woken again for
    /// what comes later.
    public void look(Watch watch) {
        synchronized (lock) {
            watch.log.look(watch);
        }
    }

    /// The next index of each log, all at the same moment.
    ///
    /// @return false when there is something in [#news]: then nothing was read
    public boolean heads(Reader reader, EventLog[] logs, long[] heads) {
        synchronized (lock) {
            if (reader.hasNews()) {
                return false;
            }
            for (int i = 0; i < logs.length; i++) {
                heads[i] = logs[i].headIndex();
            }
            return true;
        }
    }

    /// Keeps the entries `from` to `to` (exclusive) of a log readable until they are unpinned, as
    /// far as the topic's `queue_bytes` allow.
    ///
    /// @return the end of what is pinned now, at most `to`
    public long pin(EventLog log, long from, long to) {
        synchronized (lock) {
            return log.pin(from, to);
        }
    }

    /// Keeps an event of which a socket has taken a part, until it is unpinned.
    public void hold(EventLog log, LogEntry entry) {
        synchronized (lock) {
            log.hold(entry);
        }
    }

    /// Lets go of entries that were pinned or held.
    public void unpin(EventLog log, long from, long to) {
        Runnable after;
        synchronized (lock) {
            log.unpin(from, to);
            appender.relieve();
            after = effects();
        }
        after.run();
    }

    /// A watcher has offered everything before `offeredTo` to its subscribers.
    ///
    /// @param keepFrom the first index that some subscriber still has to read; `offeredTo` when
    ///   none
    /// @param queuedFrom the first index that waits in some subscriber's queue; `offeredTo` when
    ///   none
    public void report(Watch watch, long offeredTo, long keepFrom, long queuedFrom) {
        Runnable after;
        synchronized (lock) {
            watch.log.report(watch, offeredTo, keepFrom, queuedFrom);
            appender.admit(watch.log);
            after = effects();
        }
        after.run();
    }

    /// Whether events wait for room in a log, so that a subscriber's progress is worth a report.
    public boolean hasWaiting(EventLog log) {
        synchronized (lock) {
            return !log.waiting.isEmpty();
        }
    }

    /// Ends a watch.
    public void unwatch(Watch watch) {
        Runnable after;
        synchronized (lock) {
            watch.log.unwatch(watch);
            appender.admit(watch.log);
            after = effects();
        }
        after.run();
    }

    /// Ends the watch of a topic that is still idle and everything of which was delivered, although
    /// there are subscribers: the reader gets another one when events come again.
    ///
    /// @return false when the topic is not idle any more, and the watch goes on
    public boolean retire(Watch watch) {
        synchronized (lock) {
            if (!watch.log.isRetired(watch)) {
                return false;
            }
            watch.log.unwatch(watch);
            topics.forgetIfUnused(watch.log);
            return true;
        }
    }

    /// Takes over changed settings, topic by topic: a publish is not held up by the number of
    /// topics.
    public void rules(TopicRules changed, LogLimits limits) {
        synchronized (lock) {
            memory.limit(limits.memoryBytes());
            topics.rules(changed, limits.topics());
        }
        for (EventLog log : topics.all()) {
            apply(changed, log);
        }
    }

    /// Drops history that is too old, and gives up events that have waited too long; to be called
    /// every 100 ms or so.
    public void expire() {
        Runnable after;
        boolean more = true;
        for (int i = 0; i < HOLDS_PER_EXPIRY && more; i++) {
            synchronized (lock) {
                int late = appender.timeOut(EXPIRED_PER_HOLD);
                int expired = topics.expire(EXPIRED_PER_HOLD, clock.epochNanos());
                appender.relieve();
                after = effects();
                more = late == EXPIRED_PER_HOLD || expired == EXPIRED_PER_HOLD;
            }
            after.run();
        }
        synchronized (lock) {
            appender.squeezeIfStarved();
            after = effects();
        }
        after.run();
    }

    /// Topics that have events, or had some a short while ago.
    public int topics() {
        return topics.size();
    }

    /// Bytes that all logs hold.
    public long usedBytes() {
        return memory.usedBytes();
    }

    /// What is found out before the lock is taken.
    private Offer offer(String topic, Event event, Publisher publisher) {
        String ownId = event.id();
        long bytes = (long) event.bytes(ownId == null ? "" : ownId) + lineage.mostBytes();
        TopicRules current = topics.rules();
        return new Offer(
                topic,
                event,
                publisher,
                LogEntry.footprint(bytes, 1),
                current,
                topics.settingsOfNew(topic, current));
    }

    private void apply(TopicRules changed, EventLog log) {
        TopicSettings settings = changed.of(log.topic());
        Runnable after;
        synchronized (lock) {
            if (topics.rules() != changed || !topics.isKnown(log)) {
                return;
            }
            log.settings(settings, clock.epochNanos());
            topics.schedule(log);
            appender.admit(log);
            after = effects();
        }
        after.run();
    }

    /// What is to be done when the lock is released.
    private Runnable effects() {
        Runnable gathered = effects.take();
        if (!appender.isUnfinished()) {
            return gathered;
        }
        return () -> {
            gathered.run();
            admitUnfinished();
        };
    }

    private void admitUnfinished() {
        boolean more = true;
        while (more) {
            Runnable gathered;
            synchronized (lock) {
                appender.admitUnfinished();
                gathered = effects.take();
                more = appender.isUnfinished();
            }
            gathered.run();
        }
    }
}
