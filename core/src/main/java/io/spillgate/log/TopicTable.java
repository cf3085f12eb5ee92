package io.spillgate.log;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The topics that have a log, what is left of those that had one, and when each log has to be
/// looked at because of its age.
///
/// Guarded by the lock of the logs; looked up without it.
final class TopicTable {
    /// A log that has got nothing for so long gives its watches back.
    private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(1);

    /// A log whose oldest event is due is looked at again after this time at the earliest.
    private static final long LEAST_EXPIRY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Object lock;
    private final Memory<EventLog> memory;
    private final Consumer<Watch> wakes;
    private final Map<String, EventLog> topics = new ConcurrentHashMap<>();
    private final Expiries<EventLog> expiries;
    private final Forgotten forgotten;
    private List<Reader> readers = List.of();
    private int mostTopics;
    private volatile TopicRules rules;

    /// @param lock that of the logs
    /// @param wakes gets the watches whose watchers are to be woken
    /// @param mostTopics how many may have history
    TopicTable(
            Object lock,
            Memory<EventLog> memory,
            Consumer<Watch> wakes,
            TopicRules rules,
            int mostTopics) {
        this.lock = lock;
        this.memory = memory;
        this.wakes = wakes;
        this.rules = rules;
        this.mostTopics = mostTopics;
        expiries = new Expiries<>(lock);
        forgotten = new Forgotten(lock);
    }

    /// Takes over changed settings, but for those of the logs that are there.
    void rules(TopicRules changed, int changedMostTopics) {
        assert Thread.holdsLock(lock);
        rules = changed;
        mostTopics = changedMostTopics;
    }

    /// Any thread.
    TopicRules rules() {
        return rules;
    }

    /// Topics that have a log. Any thread.
    int size() {
        return topics.size();
    }

    /// All logs; any thread, while others come and go.
    Iterable<EventLog> all() {
        return topics.values();
    }

    /// The settings of a topic by these rules if it has no log, so that they need not be found
    /// under the lock; else null. Any thread.
    @Nullable TopicSettings settingsOfNew(String topic, TopicRules current) {
        return topics.containsKey(topic) ? null : current.of(topic);
    }

    /// The log of a topic; null when it has none.
    @Nullable EventLog get(String topic) {
        assert Thread.holdsLock(lock);
        return topics.get(topic);
    }

    /// The log of a topic, which begins now if there is none.
    EventLog of(String topic, TopicSettings settings) {
        assert Thread.holdsLock(lock);
        EventLog known = topics.get(topic);
        if (known != null) {
            return known;
        }
        EventLog log =
                new EventLog(
                        lock,
                        topic,
                        settings,
                        memory,
                        wakes,
                        forgotten.sequence(topic),
                        forgotten.hasPublisherIds(topic));
        topics.put(topic, log);
        return log;
    }

    boolean isKnown(EventLog log) {
        assert Thread.holdsLock(lock);
        return topics.get(log.topic()) == log;
    }

    /// Whether as many topics have history as may.
    boolean isFull() {
        return memory.topicsWithHistory() >= mostTopics;
    }

    int mostTopics() {
        return mostTopics;
    }

    Forgotten forgotten() {
        return forgotten;
    }

    void add(Reader reader) {
        assert Thread.holdsLock(lock);
        List<Reader> more = new ArrayList<>(readers);
        more.add(reader);
        readers = more;
    }

    /// What was idle gets events: every reader has to find out whether it has subscribers.
    void begin(EventLog log) {
        assert Thread.holdsLock(lock);
        log.begin(readers);
    }

    /// Lets go of a log that holds nothing and that nobody waits for.
    boolean forgetIfUnused(EventLog log) {
        if (!log.isUnused() || !isKnown(log)) {
            return false;
        }
        forgotten.add(log);
        topics.remove(log.topic());
        expiries.cancel(log.expiry);
        return true;
    }

    /// Has a log looked at when its oldest event expires, or when it may be idle.
    void schedule(EventLog log) {
        assert Thread.holdsLock(lock);
        expiries.schedule(log.expiry, dueNanos(log));
    }

    /// Drops what is too old of the logs that are due.
    ///
    /// @return how many were looked at: at most as many as asked for
    int expire(int most, long nowNanos) {
        assert Thread.holdsLock(lock);
        for (int i = 0; i < most; i++) {
            EventLog log = expiries.poll(nowNanos);
            if (log == null) {
                return i;
            }
            log.expire(nowNanos);
            if (!forgetIfUnused(log)) {
                scheduleAgain(log, nowNanos);
            }
        }
        return most;
    }

    private void scheduleAgain(EventLog log, long nowNanos) {
        boolean idle = !log.hasHistory() && nowNanos - log.appendedNanos() >= IDLE_NANOS;
        if (idle) {
            log.idle();
            expiries.schedule(log.expiry, nowNanos + IDLE_NANOS);
            return;
        }
        expiries.schedule(log.expiry, Math.max(dueNanos(log), nowNanos + LEAST_EXPIRY_NANOS));
    }

    private static long dueNanos(EventLog log) {
        return log.hasHistory() ? log.historyDueNanos() : log.appendedNanos() + IDLE_NANOS;
    }
}
