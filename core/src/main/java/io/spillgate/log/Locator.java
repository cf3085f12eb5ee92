package io.spillgate.log;

import io.spillgate.log.ResumePoint.Gap;
import io.spillgate.log.ResumePoint.Reason;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;

/// Finds where a subscriber of some topics begins. Used under the lock of the logs.
final class Locator {
    private static final String EARLIEST = "earliest";

    private final List<String> topics;
    private final @Nullable Watch[] watches;
    private final Lineage lineage;
    private final long lastSequence;
    private final Forgotten forgotten;

    /// @param topics of the subscriber
    /// @param watches of these; null for one without events
    /// @param forgotten what is known of the events of topics without a log
    Locator(
            List<String> topics,
            @Nullable Watch[] watches,
            Lineage lineage,
            long lastSequence,
            Forgotten forgotten) {
        this.topics = topics;
        this.watches = watches;
        this.lineage = lineage;
        this.lastSequence = lastSequence;
        this.forgotten = forgotten;
    }

    ResumePoint locate(@Nullable String lastEventId) {
        if (lastEventId == null || lastEventId.isEmpty()) {
            return from(EventLog::headIndex, null);
        }
        if (lastEventId.equals(EARLIEST)) {
            return from(EventLog::historyStart, null);
        }
        long sequence = lineage.sequence(lastEventId);
        if (sequence == Lineage.OTHER_LIFE) {
            return from(
                    EventLog::historyStart,
                    new Gap(Reason.RESTARTED, lastEventId, next(EventLog::historyStart)));
        }
        if (sequence == Lineage.NO_POSITION) {
            sequence = published(lastEventId);
        }
        if (sequence < 0 || sequence > lastSequence) {
            return from(EventLog::headIndex, new Gap(Reason.UNKNOWN, lastEventId, null));
        }
        return after(sequence, lastEventId);
    }

    private ResumePoint after(long sequence, String lastEventId) {
        ToLongFunction<EventLog> start = log -> log.firstAfter(sequence);
        for (int i = 0; i < watches.length; i++) {
            Watch watch = watches[i];
            long evicted =
                    watch == null ? forgotten.sequence(topics.get(i)) : watch.log.evictedSequence();
            if (evicted > sequence) {
                return from(start, new Gap(Reason.EVICTED, lastEventId, next(start)));
            }
        }
        return from(start, null);
    }

    private ResumePoint from(ToLongFunction<EventLog> start, @Nullable Gap gap) {
        long[] from = new long[watches.length];
        long[] heads = new long[watches.length];
        for (int i = 0; i < watches.length; i++) {
            Watch watch = watches[i];
            if (watch != null) {
                from[i] = start.applyAsLong(watch.log);
                heads[i] = watch.log.headIndex();
                watch.keepFrom = Math.min(watch.keepFrom, from[i]);
            }
        }
        String anchor = Arrays.equals(from, heads) ? lineage.format(lastSequence, null) : null;
        return new ResumePoint(watches, from, heads, gap, anchor);
    }

    /// The id of the first retained event from there on.
    private @Nullable String next(ToLongFunction<EventLog> start) {
        LogEntry first = null;
        for (Watch watch : watches) {
            if (watch == null) {
                continue;
            }
            long index = start.applyAsLong(watch.log);
            if (index == watch.log.headIndex()) {
                continue;
            }
            LogEntry entry = watch.log.entry(index);
            if (first == null || entry.sequence() < first.sequence()) {
                first = entry;
            }
        }
        return first == null ? null : first.id();
    }

    /// The sequence of the one event that its publisher gave this id; -1 when the id proves no
    /// place: nobody gave it, two of the topics know it, or an event of theirs is gone that may
    /// have had it.
    private long published(String id) {
        LogEntry found = null;
        for (int i = 0; i < watches.length; i++) {
            Watch watch = watches[i];
            boolean lost =
                    watch == null
                            ? forgotten.hasPublisherIds(topics.get(i))
                            : watch.log.hasEvictedPublisherIds();
            LogEntry entry = watch == null ? null : watch.log.retained(id);
            if (lost || (found != null && entry != null)) {
                return -1;
            }
            found = entry == null ? found : entry;
        }
        return found == null ? -1 : found.sequence();
    }
}
