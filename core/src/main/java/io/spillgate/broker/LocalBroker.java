package io.spillgate.broker;

import io.spillgate.sse.Event;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// The broker of a single process: one lock orders all topics.
///
/// The lock is held for taking a sequence number, appending a reference and trimming; events are
/// encoded and settings looked up before it is taken, and watchers are woken after it is released.
/// One order over all topics is what lets a single `Last-Event-ID` stand for a stream of many of
/// them.
public final class LocalBroker implements Broker {
    private static final Publication FULL_QUEUE = new Publication.Busy(Publication.Shortage.QUEUE);
    private static final Publication FULL_MEMORY =
            new Publication.Busy(Publication.Shortage.MEMORY);

    /// A log that has got nothing for so long gives its watches back.
    private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(1);

    /// A log whose oldest event is due is looked at again after this time at the earliest.
    private static final long LEAST_EXPIRY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final int EXPIRED_PER_HOLD = 100;
    private static final int HOLDS_PER_EXPIRY = 100;

    private final Object lock = new Object();
    private final LongSupplier nanoTime;
    private final EventIds ids;

    /// Changed under the lock, looked up without it.
    private final Map<String, EventLog> topics = new ConcurrentHashMap<>();

    private final Memory memory;
    private final Expiries expiries = new Expiries(lock);
    private List<Reader> readers = List.of();
    private int mostTopics;
    private final Forgotten forgotten = new Forgotten(lock);
    private volatile TopicRules rules;
    private volatile long lastSequence;

    /// A broker without events.
    ///
    /// @param epoch names this life of the broker, see [EventIds]
    /// @param nanoTime the clock, in nanoseconds
    public LocalBroker(String epoch, TopicRules rules, BrokerLimits limits, LongSupplier nanoTime) {
        this.ids = new EventIds(epoch);
        this.rules = rules;
        this.nanoTime = nanoTime;
        memory = new Memory(lock, limits.memoryBytes());
        mostTopics = limits.topics();
    }

    @Override
    public Publication publish(String topic, Event event, boolean waited) {
        int bytes = event.bytes(event.id() == null ? "" : event.id()) + EventIds.MOST_BYTES;
        List<Watch> wake = new ArrayList<>(2);
        List<Runnable> next = List.of();
        Publication publication = null;
        while (publication == null) {
            TopicRules current = rules;
            Offer offer =
                    new Offer(
                            topic,
                            event,
                            bytes,
                            waited,
                            current,
                            topics.containsKey(topic) ? null : current.of(topic));
            synchronized (lock) {
                publication = append(offer, wake);
                EventLog log = waited ? topics.get(topic) : null;
                if (log != null && publication != null && !isBusy(publication)) {
                    log.room().settled();
                    next = log.room().admitHere();
                    forgetIfUnused(log);
                }
            }
        }
        wake.forEach(watch -> watch.reader.watcher.wake(watch));
        next.forEach(Runnable::run);
        return publication;
    }

    @Override
    public boolean awaitRoom(String topic, Runnable retry, boolean waited) {
        synchronized (lock) {
            EventLog log = topics.get(topic);
            return log != null && log.room().queue(retry, waited);
        }
    }

    @Override
    public void cancelAwait(String topic, Runnable retry) {
        List<Runnable> next;
        synchronized (lock) {
            EventLog log = topics.get(topic);
            if (log == null) {
                return;
            }
            log.room().remove(retry);
            next = log.room().admitHere();
            forgetIfUnused(log);
        }
        next.forEach(Runnable::run);
    }

    @Override
    public Reader reader(Watcher watcher) {
        Reader reader = new Reader(lock, watcher);
        synchronized (lock) {
            List<Reader> more = new ArrayList<>(readers);
            more.add(reader);
            readers = more;
        }
        return reader;
    }

    @Override
    public List<Watch> begun(Reader reader) {
        synchronized (lock) {
            return reader.takeBegun();
        }
    }

    @Override
    public ResumePoint join(Reader reader, List<String> names, @Nullable String lastEventId) {
        synchronized (lock) {
            long now = nanoTime.getAsLong();
            @Nullable Watch[] watches = new Watch[names.size()];
            for (int i = 0; i < watches.length; i++) {
                EventLog log = topics.get(names.get(i));
                if (log != null) {
                    log.expire(now);
                    watches[i] = forgetIfUnused(log) ? null : log.watch(reader);
                }
            }
            return new Locator(names, watches, ids, lastSequence, forgotten).locate(lastEventId);
        }
    }

    @Override
    public void unwatch(Watch watch) {
        List<Runnable> next;
        synchronized (lock) {
            watch.log.unwatch(watch);
            next = watch.log.room().admit();
            forgetIfUnused(watch.log);
        }
        next.forEach(Runnable::run);
    }

    @Override
    public boolean retire(Watch watch) {
        synchronized (lock) {
            if (!watch.log.isRetired(watch)) {
                return false;
            }
            watch.log.unwatch(watch);
            forgetIfUnused(watch.log);
            return true;
        }
    }

    @Override
    public boolean heads(Reader reader, EventLog[] logs, long[] heads) {
        synchronized (lock) {
            if (reader.hasBegun()) {
                return false;
            }
            for (int i = 0; i < logs.length; i++) {
                heads[i] = logs[i].headIndex();
            }
            return true;
        }
    }

    /// Takes over changed settings, topic by topic: a publish is not held up by the number of
    /// topics.
    @Override
    public void rules(TopicRules changed, BrokerLimits changedLimits) {
        synchronized (lock) {
            memory.limit(changedLimits.memoryBytes());
            mostTopics = changedLimits.topics();
            rules = changed;
        }
        for (EventLog log : topics.values()) {
            TopicSettings settings = changed.of(log.topic());
            synchronized (lock) {
                if (rules == changed && isKnown(log)) {
                    log.settings(settings, nanoTime.getAsLong());
                    schedule(log);
                }
            }
        }
    }

    @Override
    public void expire() {
        int expired = EXPIRED_PER_HOLD;
        for (int i = 0; i < HOLDS_PER_EXPIRY && expired == EXPIRED_PER_HOLD; i++) {
            List<Watch> wake = new ArrayList<>();
            List<Runnable> next;
            synchronized (lock) {
                expired = expireSome(wake);
                next = memory.relieved();
                memory.squeezeIfStarved(wake);
            }
            wake.forEach(watch -> watch.reader.watcher.wake(watch));
            next.forEach(Runnable::run);
        }
    }

    @Override
    public int topics() {
        return topics.size();
    }

    @Override
    public long usedBytes() {
        return memory.usedBytes();
    }

    /// Appends an event, unless there is no room.
    ///
    /// @return null when the topic's settings are not known after all: to be tried again
    private @Nullable Publication append(Offer offer, List<Watch> wake) {
        EventLog log = topics.get(offer.topic);
        TopicSettings settings = log == null ? offer.settings : log.settings();
        if (settings == null || (log == null && offer.rules != rules)) {
            return null;
        }
        String ownId = offer.event.id();
        LogEntry twin = log == null || ownId == null ? null : log.retained(ownId);
        if (twin != null) {
            return new Publication.Accepted(twin.id(), false);
        }
        if (log != null && !log.room().admits(offer.waited)) {
            return log.room().lacksMemory() ? FULL_MEMORY : FULL_QUEUE;
        }
        boolean another = (log == null || !log.hasHistory()) && settings.keepsHistory();
        if (another && memory.topicsWithHistory() >= mostTopics) {
            return new Publication.Refused(
                    "there are " + mostTopics + " topics with history already (hub.max_topics)");
        }
        long bytes = LogEntry.footprint(offer.bytes, 1);
        long most = memory.mostBytes(settings.policy());
        if (bytes > most) {
            return new Publication.Refused(
                    "the event takes "
                            + bytes
                            + " bytes, more than the "
                            + most
                            + " that may wait (hub.memory)");
        }
        memory.makeRoom(bytes, wake, this::forgetIfUnused);
        EventLog known = topics.get(offer.topic);
        EventLog target = known == null ? create(offer.topic, settings) : known;
        if (!memory.fits(settings.policy(), bytes)) {
            target.room().starve(bytes);
            schedule(target);
            return FULL_MEMORY;
        }
        return store(target, offer.event, wake);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock only
    private Publication store(EventLog log, Event event, List<Watch> wake) {
        long sequence = ++lastSequence;
        String id = ids.format(sequence, event.id());
        boolean hadHistory = log.hasHistory();
        log.begin(readers);
        log.append(event, sequence, nanoTime.getAsLong(), id);
        log.wake(wake);
        boolean begins = log.hasHistory() && !hadHistory;
        if (!forgetIfUnused(log) && (begins || !log.expiry.isScheduled())) {
            schedule(log);
        }
        return new Publication.Accepted(id, true);
    }

    private EventLog create(String topic, TopicSettings settings) {
        EventLog log =
                new EventLog(
                        lock,
                        topic,
                        settings,
                        memory,
                        forgotten.sequence(topic),
                        forgotten.hasPublisherIds(topic));
        topics.put(topic, log);
        return log;
    }

    private boolean forgetIfUnused(EventLog log) {
        if (!log.isUnused() || !isKnown(log)) {
            return false;
        }
        forgotten.add(log);
        topics.remove(log.topic());
        expiries.cancel(log.expiry);
        return true;
    }

    private boolean isKnown(EventLog log) {
        return topics.get(log.topic()) == log;
    }

    /// Expires what is due; returns how many logs were looked at.
    private int expireSome(List<Watch> wake) {
        long now = nanoTime.getAsLong();
        for (int i = 0; i < EXPIRED_PER_HOLD; i++) {
            EventLog log = expiries.poll(now);
            if (log == null) {
                return i;
            }
            log.expire(now);
            if (forgetIfUnused(log)) {
                continue;
            }
            boolean idle = !log.hasHistory() && now - log.appendedNanos() >= IDLE_NANOS;
            if (idle) {
                log.idle(wake);
            }
            expiries.schedule(log.expiry, Math.max(dueNanos(log, idle), now + LEAST_EXPIRY_NANOS));
        }
        return EXPIRED_PER_HOLD;
    }

    private void schedule(EventLog log) {
        expiries.schedule(log.expiry, dueNanos(log, false));
    }

    /// When a log has to be looked at: its oldest event expires, or it may be idle.
    private long dueNanos(EventLog log, boolean idle) {
        if (log.hasHistory()) {
            return log.historyDueNanos();
        }
        return (idle ? nanoTime.getAsLong() : log.appendedNanos()) + IDLE_NANOS;
    }

    private static boolean isBusy(Publication publication) {
        return publication instanceof Publication.Busy;
    }

    /// An event that is to be appended.
    ///
    /// @param settings of the topic by these rules; null when it had a log a moment ago
    private record Offer(
            String topic,
            Event event,
            int bytes,
            boolean waited,
            TopicRules rules,
            @Nullable TopicSettings settings) {}
}
