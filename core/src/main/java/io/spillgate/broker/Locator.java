package io.spillgate.broker;

import io.spillgate.broker.ResumePoint.Gap;
import io.spillgate.broker.ResumePoint.Reason;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.ToLongFunction;

/// Finds where a subscriber of some topics begins. Used under the broker's lock.
final class Locator {
    private static final String EARLIEST = "earliest";

    private final List<EventLog> logs;
    private final EventIds ids;
    private final long lastSequence;

    Locator(List<EventLog> logs, EventIds ids, long lastSequence) {
        this.logs = logs;
        this.ids = ids;
        this.lastSequence = lastSequence;
    }

    ResumePoint locate(@Nullable String lastEventId) {
        if (lastEventId == null || lastEventId.isEmpty()) {
            return from(EventLog::headIndex, null);
        }
        if (lastEventId.equals(EARLIEST)) {
            return from(EventLog::historyStart, null);
        }
        long sequence = ids.sequence(lastEventId);
        if (sequence == -1) {
            return from(
                    EventLog::historyStart,
                    new Gap(Reason.RESTARTED, lastEventId, next(EventLog::historyStart)));
        }
        if (sequence == -2) {
            sequence = published(lastEventId);
        }
        if (sequence < 0 || sequence > lastSequence) {
            return from(EventLog::headIndex, new Gap(Reason.UNKNOWN, lastEventId, null));
        }
        return after(sequence, lastEventId);
    }

    private ResumePoint after(long sequence, String lastEventId) {
        ToLongFunction<EventLog> start = log -> log.firstAfter(sequence);
        for (EventLog log : logs) {
            if (log.evictedSequence() > sequence) {
                return from(start, new Gap(Reason.EVICTED, lastEventId, next(start)));
            }
        }
        return from(start, null);
    }

    private ResumePoint from(ToLongFunction<EventLog> start, @Nullable Gap gap) {
        long[] from = logs.stream().mapToLong(start).toArray();
        long[] heads = logs.stream().mapToLong(EventLog::headIndex).toArray();
        String anchor = Arrays.equals(from, heads) ? ids.format(lastSequence) : null;
        return new ResumePoint(from, heads, gap, anchor);
    }

    /// The id of the first retained event from there on.
    private @Nullable String next(ToLongFunction<EventLog> start) {
        LogEntry first = null;
        for (EventLog log : logs) {
            long index = start.applyAsLong(log);
            if (index == log.headIndex()) {
                continue;
            }
            LogEntry entry = log.entry(index);
            if (first == null || entry.sequence() < first.sequence()) {
                first = entry;
            }
        }
        return first == null ? null : first.id();
    }

    /// The lowest sequence of the retained events that their publishers gave this id; -1 when there
    /// is none.
    private long published(String id) {
        return logs.stream()
                .map(log -> log.retained(id))
                .filter(Objects::nonNull)
                .mapToLong(LogEntry::sequence)
                .min()
                .orElse(-1);
    }
}
