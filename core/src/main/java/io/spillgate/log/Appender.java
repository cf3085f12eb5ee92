package io.spillgate.log;

import io.spillgate.log.Publication.Shortage;
import io.spillgate.net.WallClock;
import io.spillgate.sse.Event;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;

/// Takes events into the logs, in one order over all topics; those for which there is no room wait,
/// first come, first served in each topic.
///
/// There is no room while a log is not within its queues, and while an event does not fit into the
/// memory of all logs. Who frees room appends what waited for it. Guarded by the lock of the logs.
final class Appender {
    private static final Publication FULL_QUEUE = new Publication.Busy(Shortage.QUEUE);
    private static final Publication FULL_MEMORY = new Publication.Busy(Shortage.MEMORY);

    private static final int ADMITTED_PER_HOLD = 64;
    private static final int SQUEEZED_AT_ONCE = 4;

    private final Object lock;
    private final TopicTable topics;
    private final Memory<EventLog> memory;
    private final Lineage lineage;
    private final WallClock clock;
    private final Effects effects;

    /// Logs whose first waiting event does not fit into the memory.
    private final Set<EventLog> starved = new LinkedHashSet<>();

    /// Logs that may have room for more of what waits.
    private final Queue<EventLog> unfinished = new ArrayDeque<>();

    private final Expiries<Offer> deadlines;
    private long lastSequence;

    /// @param lock that of the logs
    Appender(
            Object lock,
            TopicTable topics,
            Memory<EventLog> memory,
            Lineage lineage,
            WallClock clock,
            Effects effects) {
        this.lock = lock;
        this.topics = topics;
        this.memory = memory;
        this.lineage = lineage;
        this.clock = clock;
        this.effects = effects;
        deadlines = new Expiries<>(lock);
    }

    /// The highest sequence that was given.
    long lastSequence() {
        assert Thread.holdsLock(lock);
        return lastSequence;
    }

    /// Appends an event, or lets it wait.
    ///
    /// @param waitNanos how long it may wait
    /// @return null when the topic's settings are not known after all: to be tried again
    @Nullable Publication offer(Offer offer, long waitNanos) {
        assert Thread.holdsLock(lock);
        EventLog log = topics.get(offer.topic);
        TopicSettings settings = settings(offer, log);
        if (settings == null) {
            return null;
        }
        Publication outcome = tryAppend(offer, log, settings, false);
        if (outcome instanceof Publication.Busy && waitNanos > 0) {
            await(offer, topics.of(offer.topic, settings), waitNanos);
            return Publication.PENDING;
        }
        return outcome;
    }

    /// Takes out an event that waits; the next one may need less.
    void withdraw(EventLog log, Publisher publisher) {
        assert Thread.holdsLock(lock);
        Offer offer = log.waiting.remove(publisher);
        if (offer != null) {
            deadlines.cancel(offer.deadline());
            admitHere(log);
        }
    }

    /// The order goes on behind this place.
    void startAfter(long sequence) {
        assert Thread.holdsLock(lock);
        lastSequence = sequence;
    }

    /// Appends an event that was ordered elsewhere. What does not fit into the memory is lost.
    ///
    /// @return null as in [#offer]; else whether it was new: its sequence the highest so far
    @Nullable Boolean deliver(Offer offer, long sequence, long epochNanos) {
        assert Thread.holdsLock(lock);
        if (sequence <= lastSequence) {
            return false;
        }
        TopicSettings settings = settings(offer, topics.get(offer.topic));
        if (settings == null) {
            return null;
        }
        makeRoom(offer.footprint);
        EventLog target = topics.of(offer.topic, settings);
        if (memory.fits(settings.policy(), offer.footprint)) {
            store(target, offer.event, sequence, epochNanos, clock.epochNanos());
            lastSequence = sequence;
        } else {
            lose(target, sequence);
        }
        return true;
    }

    /// An event of a topic will never come.
    ///
    /// @return whether that was new: its sequence the highest so far
    boolean lose(EventLog log, long sequence) {
        assert Thread.holdsLock(lock);
        if (sequence <= lastSequence) {
            return false;
        }
        topics.begin(log);
        log.lose(sequence, clock.epochNanos());
        topics.schedule(log);
        lastSequence = sequence;
        return true;
    }

    /// Appends what waits for room in a log; what waits elsewhere for memory is left for later.
    void admit(EventLog log) {
        admitHere(log);
        relieve();
    }

    /// Finds the logs for whose events there may be memory again: they are unfinished now.
    void relieve() {
        assert Thread.holdsLock(lock);
        if (starved.isEmpty()) {
            return;
        }
        for (Iterator<EventLog> logs = starved.iterator(); logs.hasNext(); ) {
            EventLog log = logs.next();
            if (!isStarved(log)) {
                logs.remove();
                unfinished.add(log);
            }
        }
    }

    /// Whether there may be room for more of what waits: then [#admitUnfinished] goes on.
    boolean isUnfinished() {
        assert Thread.holdsLock(lock);
        return !unfinished.isEmpty();
    }

    void admitUnfinished() {
        assert Thread.holdsLock(lock);
        EventLog log = unfinished.poll();
        if (log != null) {
            admitHere(log);
        }
    }

    /// Gives up events that have waited too long.
    ///
    /// @return how many: at most as many as asked for
    int timeOut(int most) {
        assert Thread.holdsLock(lock);
        long nowNanos = clock.nanoTime();
        for (int i = 0; i < most; i++) {
            Offer late = deadlines.poll(nowNanos);
            EventLog log = late == null ? null : topics.get(late.topic);
            if (late == null || log == null) {
                return i;
            }
            effects.settle(late.publisher, shortage(log));
            log.waiting.remove(late.publisher);
            unfinished.add(log);
        }
        return most;
    }

    /// Asks again for memory while publishers wait for it: a socket that was only slow may have
    /// stopped meanwhile.
    void squeezeIfStarved() {
        assert Thread.holdsLock(lock);
        for (EventLog log : starved) {
            Offer first = starving(log);
            if (first != null && !memory.fitsShared(first.footprint)) {
                squeeze();
                return;
            }
        }
    }

    /// What holds for the topic of an event; null when that was not found out before the lock was
    /// taken, or has changed since.
    private @Nullable TopicSettings settings(Offer offer, @Nullable EventLog log) {
        if (log != null) {
            return log.settings();
        }
        return offer.rules == topics.rules() ? offer.settings : null;
    }

    private void await(Offer offer, EventLog log, long waitNanos) {
        log.waiting.putLast(offer.publisher, offer);
        deadlines.schedule(offer.deadline(), clock.nanoTime() + waitNanos);
        noteStarvation(log);
    }

    private void admitHere(EventLog log) {
        int admitted = 0;
        while (admitted < ADMITTED_PER_HOLD && admitFirst(log)) {
            admitted++;
        }
        if (admitted == ADMITTED_PER_HOLD) {
            unfinished.add(log);
        } else {
            noteStarvation(log);
            topics.forgetIfUnused(log);
        }
    }

    /// Whether an event waited and was let in.
    private boolean admitFirst(EventLog log) {
        Offer first = first(log);
        if (first == null || isStarved(log)) {
            return false;
        }
        Publication outcome = tryAppend(first, log, log.settings(), true);
        if (outcome instanceof Publication.Busy) {
            return false;
        }
        log.waiting.pollFirstEntry();
        deadlines.cancel(first.deadline());
        effects.settle(first.publisher, outcome);
        return true;
    }

    /// Whether the first event that waits still does not fit into the memory.
    private boolean isStarved(EventLog log) {
        Offer first = starving(log);
        return first != null && !memory.fits(log.settings().policy(), first.footprint);
    }

    private void noteStarvation(EventLog log) {
        if (starving(log) != null) {
            starved.add(log);
        }
    }

    private static Publication shortage(EventLog log) {
        return starving(log) == null ? FULL_QUEUE : FULL_MEMORY;
    }

    /// The first event that waits, if it is memory that it was short of; else null.
    private static @Nullable Offer starving(EventLog log) {
        Offer first = first(log);
        return first != null && first.lacksMemory ? first : null;
    }

    private static @Nullable Offer first(EventLog log) {
        Map.Entry<Publisher, Offer> first = log.waiting.firstEntry();
        return first == null ? null : first.getValue();
    }

    /// Appends an event, unless it can't be taken or there is no room.
    ///
    /// @param isFirst whether it is the first of those that wait, and not behind them
    private Publication tryAppend(
            Offer offer, @Nullable EventLog log, TopicSettings settings, boolean isFirst) {
        String ownId = offer.event.id();
        LogEntry twin = log == null || ownId == null ? null : log.retained(ownId);
        if (twin != null) {
            return new Publication.Accepted(twin.id(), false);
        }
        if (log != null && !isFirst && !log.waiting.isEmpty()) {
            return shortage(log);
        }
        offer.lacksMemory = false;
        if (log != null && !log.isWithinQueues()) {
            return FULL_QUEUE;
        }
        Publication refused = refused(offer, log, settings);
        if (refused != null) {
            return refused;
        }
        makeRoom(offer.footprint);
        if (!memory.fits(settings.policy(), offer.footprint)) {
            offer.lacksMemory = true;
            return FULL_MEMORY;
        }
        EventLog target = topics.of(offer.topic, settings);
        long nowNanos = clock.epochNanos();
        return store(target, offer.event, ++lastSequence, nowNanos, nowNanos);
    }

    private Publication.@Nullable Refused refused(
            Offer offer, @Nullable EventLog log, TopicSettings settings) {
        boolean another = (log == null || !log.hasHistory()) && settings.keepsHistory();
        if (another && topics.isFull()) {
            return new Publication.Refused(
                    "there are "
                            + topics.mostTopics()
                            + " topics with history already (hub.max_topics)");
        }
        long most = memory.mostBytes(settings.policy());
        if (offer.footprint > most) {
            return new Publication.Refused(
                    "the event takes "
                            + offer.footprint
                            + " bytes, more than the "
                            + most
                            + " that may wait (hub.memory)");
        }
        return null;
    }

    private Publication store(
            EventLog log, Event event, long sequence, long epochNanos, long nowNanos) {
        String id = lineage.format(sequence, event.id());
        boolean hadHistory = log.hasHistory();
        topics.begin(log);
        log.append(event, sequence, epochNanos, nowNanos, id);
        log.expire(nowNanos);
        log.wake();
        boolean begins = log.hasHistory() && !hadHistory;
        if (!topics.forgetIfUnused(log) && (begins || !log.expiry.isScheduled())) {
            topics.schedule(log);
        }
        return new Publication.Accepted(id, true);
    }

    /// Makes room for an event: gives up the older half of the largest histories, and asks
    /// subscribers to let go before nothing is left.
    private void makeRoom(long bytes) {
        for (EventLog largest = memory.largestHistory(bytes);
                largest != null;
                largest = memory.largestHistory(bytes)) {
            largest.evictHistory();
            topics.forgetIfUnused(largest);
        }
        if (memory.isNearlyFull(bytes)) {
            squeeze();
        }
    }

    private void squeeze() {
        for (int i = 0; i < SQUEEZED_AT_ONCE; i++) {
            EventLog log = memory.largestQueue();
            if (log == null) {
                return;
            }
            log.squeeze();
        }
    }
}
