package io.spillgate.broker;

import io.spillgate.sse.Event;
import io.spillgate.sse.EventEncoder;
import io.spillgate.sse.Frame;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// The broker of a single process: one lock orders all topics.
///
/// The lock is held for taking a sequence number, appending a reference and trimming; events are
/// encoded before it is taken and watchers are woken after it is released. One order over all
/// topics is what lets a single `Last-Event-ID` stand for a stream of many of them.
public final class LocalBroker implements Broker {
    private static final Publication BUSY = new Publication.Busy();
    private static final int TOPICS_PER_SWEEP = 100;
    private static final int SPARE_PART = 32;

    private final Object lock = new Object();
    private final LongSupplier nanoTime;
    private final EventIds ids;
    private final Map<String, EventLog> topics = new HashMap<>();
    private final List<EventLog> sweep = new ArrayList<>();
    private final Totals totals = new Totals();
    private TopicRules rules;
    private BrokerLimits limits;
    private int sweepPosition;
    private long forgottenSequence;
    private volatile long lastSequence;
    private volatile int topicCount;

    /// A broker without events.
    ///
    /// @param epoch names this life of the broker, see [EventIds]
    /// @param nanoTime the clock, in nanoseconds
    public LocalBroker(String epoch, TopicRules rules, BrokerLimits limits, LongSupplier nanoTime) {
        this.ids = new EventIds(epoch);
        this.rules = rules;
        this.limits = limits;
        this.nanoTime = nanoTime;
    }

    @Override
    public Publication publish(String topic, Event event, boolean waited) {
        Frame frame = EventEncoder.encode(event, ids.prefix(), EventIds.digits(lastSequence + 1));
        List<Watcher> wake = new ArrayList<>(2);
        List<Runnable> next = List.of();
        Publication publication;
        synchronized (lock) {
            publication = append(topic, event, frame, waited, wake);
            EventLog log = waited ? topics.get(topic) : null;
            if (log != null && !(publication instanceof Publication.Busy)) {
                log.settled();
                next = log.admitWaiters();
            }
        }
        wake.forEach(Watcher::wake);
        next.forEach(Runnable::run);
        return publication;
    }

    @Override
    public boolean awaitRoom(String topic, Runnable retry, boolean waited) {
        synchronized (lock) {
            EventLog log = topics.get(topic);
            return log != null && log.queueWaiter(retry, waited);
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
            log.removeWaiter(retry);
            next = log.admitWaiters();
        }
        next.forEach(Runnable::run);
    }

    @Override
    public Watch watch(String topic, Watcher watcher) {
        synchronized (lock) {
            EventLog log = topics.get(topic);
            return (log == null ? create(topic) : log).watch(watcher);
        }
    }

    @Override
    public void unwatch(Watch watch) {
        List<Runnable> next;
        synchronized (lock) {
            watch.log.unwatch(watch);
            next = watch.log.admitWaiters();
            forgetIfUnused(watch.log);
        }
        next.forEach(Runnable::run);
    }

    @Override
    public ResumePoint locate(List<Watch> watches, @Nullable String lastEventId) {
        synchronized (lock) {
            long now = nanoTime.getAsLong();
            List<EventLog> logs = watches.stream().map(Watch::log).toList();
            logs.forEach(log -> log.expire(now));
            ResumePoint point = new Locator(logs, ids, lastSequence).locate(lastEventId);
            for (int i = 0; i < watches.size(); i++) {
                Watch watch = watches.get(i);
                watch.keepFrom = Math.min(watch.keepFrom, point.from(i));
            }
            return point;
        }
    }

    @Override
    public void heads(EventLog[] logs, long[] heads) {
        synchronized (lock) {
            for (int i = 0; i < logs.length; i++) {
                heads[i] = logs[i].headIndex();
            }
        }
    }

    @Override
    public void rules(TopicRules changed, BrokerLimits changedLimits) {
        synchronized (lock) {
            rules = changed;
            limits = changedLimits;
            topics.values().forEach(log -> log.settings(changed.of(log.topic())));
        }
    }

    @Override
    public void expire() {
        synchronized (lock) {
            long now = nanoTime.getAsLong();
            int count = Math.min(sweep.size(), Math.max(TOPICS_PER_SWEEP, sweep.size() / 50));
            for (int i = 0; i < count && !sweep.isEmpty(); i++) {
                sweepPosition =
                        sweepPosition == 0
                                ? sweep.size() - 1
                                : Math.min(sweepPosition, sweep.size()) - 1;
                EventLog log = sweep.get(sweepPosition);
                log.expire(now);
                forgetIfUnused(log);
            }
        }
    }

    @Override
    public int topics() {
        return topicCount;
    }

    @Override
    public long usedBytes() {
        return totals.usedBytes();
    }

    private Publication append(
            String topic, Event event, Frame frame, boolean waited, List<Watcher> wake) {
        EventLog log = topics.get(topic);
        LogEntry twin = log == null || event.id() == null ? null : log.retained(event.id());
        if (twin != null) {
            return new Publication.Accepted(twin.id(), false);
        }
        if (log != null && !log.admits(waited)) {
            return BUSY;
        }
        boolean another = (log == null || !log.hasHistory()) && rules.of(topic).keepsHistory();
        if (another && totals.topicsWithHistory() >= limits.topics()) {
            return new Publication.Refused(
                    "there are "
                            + limits.topics()
                            + " topics with history already (hub.max_topics)");
        }
        if (!makeRoom(LogEntry.footprint(frame))) {
            return new Publication.Refused(
                    "the logs hold "
                            + totals.usedBytes()
                            + " of "
                            + limits.memoryBytes()
                            + " bytes (hub.memory), none of it history that could go");
        }
        return store(log == null ? create(topic) : log, event, frame, wake);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock only
    private Publication store(EventLog log, Event event, Frame prepared, List<Watcher> wake) {
        long sequence = ++lastSequence;
        Frame frame = prepared;
        if (frame.needsSequence()) {
            if (frame.seqDigits() != EventIds.digits(sequence)) {
                frame = EventEncoder.encode(event, ids.prefix(), EventIds.digits(sequence));
            }
            frame.stamp(sequence);
        }
        String publisherId = event.id();
        String id = publisherId == null ? ids.format(sequence) : publisherId;
        log.append(frame, sequence, nanoTime.getAsLong(), id, publisherId != null);
        for (Watch watch : log.watches()) {
            if (!watch.woken) {
                watch.woken = true;
                wake.add(watch.watcher);
            }
        }
        forgetIfUnused(log);
        return new Publication.Accepted(id, true);
    }

    private EventLog create(String topic) {
        EventLog log = new EventLog(lock, topic, rules.of(topic), totals, forgottenSequence);
        topics.put(topic, log);
        log.place = sweep.size();
        sweep.add(log);
        topicCount = topics.size();
        return log;
    }

    private void forgetIfUnused(EventLog log) {
        if (!log.isUnused() || topics.get(log.topic()) != log) {
            return;
        }
        forgottenSequence = Math.max(forgottenSequence, log.evictedSequence());
        topics.remove(log.topic());
        EventLog last = sweep.removeLast();
        if (last != log) {
            sweep.set(log.place, last);
            last.place = log.place;
        }
        topicCount = topics.size();
    }

    /// Frees the oldest history of the largest topics until the bytes fit; false when that is not
    /// enough.
    ///
    /// Frees a part of the limit more than is needed, so that not every publish looks at all
    /// topics.
    private boolean makeRoom(int bytes) {
        if (totals.usedBytes() + bytes <= limits.memoryBytes()) {
            return true;
        }
        long goal = limits.memoryBytes() - bytes - limits.memoryBytes() / SPARE_PART;
        long most = Long.MAX_VALUE;
        while (totals.usedBytes() > goal && most > 0) {
            most = 0;
            for (EventLog log : sweep) {
                most = Math.max(most, log.evictableBytes());
            }
            evictThoseAbove(most / 2, goal);
        }
        return totals.usedBytes() + bytes <= limits.memoryBytes();
    }

    private void evictThoseAbove(long evictableBytes, long goal) {
        for (EventLog log : sweep) {
            if (totals.usedBytes() <= goal) {
                return;
            }
            if (log.evictableBytes() > evictableBytes) {
                log.evictHistory();
            }
        }
    }
}
