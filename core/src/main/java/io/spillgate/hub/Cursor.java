package io.spillgate.hub;

import io.spillgate.config.OverflowPolicy;
import io.spillgate.log.EventLog;
import io.spillgate.log.Logs;
import io.spillgate.log.TopicSettings;

import java.util.Arrays;

/// One subscriber's queue of one topic: not a list of events but the places in the topic's log that
/// it still gets.
///
/// ```
///     taken by the socket │ waiting │ dropped │ waiting │ not yet offered
///   ──────────────────────┼─────────┼─────────┼─────────┼────────────────▶ index
///                        next      end     ranges    decided
/// ```
///
/// Normally the waiting part is one range that ends at `decided`. Only a queue that drops arriving
/// events has more; it then pins what waits, because the log goes on without it. Confined to the
/// subscriber's loop.
final class Cursor {
    private static final long[] NONE = {};

    private final Topic topic;
    private final long liveFrom;
    private long next;
    private long end;
    private long decided;
    private long[] ranges = NONE;
    private int rangeCount;
    private long waitingInRanges;
    private long hole;
    private boolean pinned;
    private boolean closed;

    /// Whether the topic lists this one among those that lag.
    boolean listed;

    /// Where the [TopicShard] finds this one.
    int seat;

    /// A queue that begins with a replay of the events from `from` to `head`, which may be none.
    Cursor(Topic topic, long from, long head) {
        this.topic = topic;
        next = from;
        end = head;
        decided = head;
        liveFrom = head;
    }

    Topic topic() {
        return topic;
    }

    EventLog log() {
        return topic.log();
    }

    /// The index of the next event to be written.
    long next() {
        return next;
    }

    /// The end of the events that follow it without a hole.
    long end() {
        return end;
    }

    boolean hasWaiting() {
        return next < end;
    }

    /// Whether this queue is not where those who keep up are.
    boolean isBehind() {
        return next < topic.offeredTo();
    }

    /// Events before [#next] that were dropped and not yet told.
    long hole() {
        return hole;
    }

    /// The subscriber was told of the hole.
    void holeTold() {
        hole = 0;
    }

    /// Events that wait, without those of a replay.
    long waiting() {
        return Math.max(0, end - firstLive()) + waitingInRanges;
    }

    /// Events that wait, those of a replay included.
    long length() {
        return end - next + waitingInRanges;
    }

    /// Lets go of half of what waits, because memory is short: of the oldest or the newest, as the
    /// policy says.
    ///
    /// @return how many events were dropped
    long squeeze() {
        assert topic.context().loop().inEventLoop();
        long drop = (length() + 1) / 2;
        return switch (topic.settings().policy()) {
            case DROP_OLDEST -> pinned ? keepOldest(length() - drop) : dropBefore(next + drop);
            case DROP_NEWEST -> keepOldest(length() - drop);
            case BLOCK -> dropBefore(next + replayed(drop));
        };
    }

    /// How many of the next events that are to be dropped belong to a replay: only those may be,
    /// where publishers wait for the others.
    private long replayed(long drop) {
        return pinned ? 0 : Math.clamp(liveFrom - next, 0L, drop);
    }

    /// The first index that the log has to keep for this queue.
    long keepFrom() {
        return pinned ? decided : next;
    }

    /// The first index that counts as waiting.
    long queuedFrom() {
        return pinned ? decided : Math.min(decided, firstLive());
    }

    /// Takes the events up to `head` into the queue, or applies the policy to what is too much.
    ///
    /// @param elsewhere events that wait for the same subscriber in other queues
    /// @return how many events were dropped
    long offer(long head, TopicSettings settings, long elsewhere) {
        assert topic.context().loop().inEventLoop();
        if (closed || head <= decided) {
            return 0;
        }
        if (!pinned && next == decided && head - next + elsewhere <= settings.queueSize()) {
            return accept(head);
        }
        if (pinned) {
            return dropNewest(head, settings, elsewhere);
        }
        return switch (settings.policy()) {
            case DROP_NEWEST -> dropNewest(head, settings, elsewhere);
            case DROP_OLDEST -> dropOldest(head, settings);
            case BLOCK -> accept(head);
        };
    }

    /// Whether events that wait here may be dropped for newer ones.
    boolean dropsOldest() {
        return !pinned
                && topic.settings().policy() == OverflowPolicy.DROP_OLDEST
                && firstLive() < end;
    }

    /// The index of the first event that waits and is not part of a replay.
    long firstLive() {
        return Math.max(next, liveFrom);
    }

    /// Whether an event was begun that is not part of a replay.
    boolean isPastReplay() {
        return next > liveFrom;
    }

    /// Drops what waits before an index, a replay included.
    ///
    /// @return how many events were dropped
    long dropBefore(long index) {
        assert topic.context().loop().inEventLoop();
        long dropped = index - next;
        hole += dropped;
        next = index;
        return dropped;
    }

    /// The socket has taken `count` events from [#next] on, or begun the last of them.
    void advance(long count) {
        assert topic.context().loop().inEventLoop();
        if (pinned) {
            unpin(next, next + count);
        }
        next += count;
        if (next == end) {
            skipHole();
        }
    }

    /// Goes on behind the events that were dropped.
    private void skipHole() {
        long following = rangeCount == 0 ? decided : ranges[0];
        hole += following - end;
        next = following;
        end = rangeCount == 0 ? decided : ranges[1];
        if (rangeCount == 0) {
            pinned = false;
            return;
        }
        rangeCount--;
        System.arraycopy(ranges, 2, ranges, 0, 2 * rangeCount);
        waitingInRanges -= end - next;
    }

    /// Lets go of everything, and takes nothing more: a stream may end while it is offered
    /// something.
    void close() {
        assert topic.context().loop().inEventLoop();
        if (pinned) {
            unpin(next, end);
            for (int i = 0; i < rangeCount; i++) {
                unpin(ranges[2 * i], ranges[2 * i + 1]);
            }
        }
        closed = true;
        pinned = false;
        rangeCount = 0;
        waitingInRanges = 0;
        next = decided;
        end = decided;
    }

    private long accept(long head) {
        end = head;
        decided = head;
        return 0;
    }

    /// Makes room among the events of this topic; [Merge] does so among those of several.
    private long dropOldest(long head, TopicSettings settings) {
        long first = firstLive();
        long keep = Math.max(first, head - settings.queueSize());
        while (keep < head - 1 && log().bytesBetween(keep, head - 1) >= settings.queueBytes()) {
            keep++;
        }
        accept(head);
        return keep == first ? 0 : dropBefore(keep);
    }

    private long dropNewest(long head, TopicSettings settings, long elsewhere) {
        long from = decided;
        long room = Math.max(0, settings.queueSize() - elsewhere - waiting());
        long to = Math.min(head, from + room);
        to = withinBytes(from, to, settings);
        decided = head;
        if (!pinned && to == head) {
            end = head;
            return 0;
        }
        return pinned ? head - from - append(from, to) : beginDropping(from, to, head);
    }

    /// Everything that waits is pinned from here on: the log need not keep its window for this
    /// queue.
    private long beginDropping(long from, long to, long head) {
        pinned = true;
        end = to;
        long kept = logs().pin(log(), next, end);
        long lost = Math.max(0, from - kept);
        end = kept;
        if (next >= end) {
            pinned = false;
            hole += head - next;
            long dropped = head - next;
            next = head;
            end = head;
            return dropped;
        }
        return lost + head - Math.max(from, kept);
    }

    /// Drops all but so many of the oldest events that wait. What stays is pinned.
    private long keepOldest(long count) {
        long before = length();
        long left = count;
        if (!pinned) {
            end = next + Math.min(end - next, left);
            pinned = true;
            end = logs().pin(log(), next, end);
        } else {
            end = unpinAfter(next, end, left);
            left -= end - next;
            int kept = 0;
            waitingInRanges = 0;
            for (int i = 0; i < rangeCount; i++) {
                long from = ranges[2 * i];
                long to = unpinAfter(from, ranges[2 * i + 1], left);
                left -= to - from;
                waitingInRanges += to - from;
                ranges[2 * i + 1] = to;
                kept = to > from ? i + 1 : kept;
            }
            rangeCount = kept;
        }
        if (next == end) {
            skipHole();
        }
        return before - length();
    }

    private void unpin(long from, long to) {
        logs().unpin(log(), from, to);
    }

    private Logs logs() {
        return topic.context().logs();
    }

    /// Unpins what of a range comes after its first `count` events; returns the end of those.
    private long unpinAfter(long from, long to, long count) {
        long kept = from + Math.min(to - from, count);
        unpin(kept, to);
        return kept;
    }

    /// Adds a range to those that wait; returns how many events of it are kept.
    private long append(long from, long to) {
        long kept = logs().pin(log(), from, to);
        if (kept == from) {
            return 0;
        }
        if (rangeCount == 0 && end == from) {
            end = kept;
            return kept - from;
        }
        waitingInRanges += kept - from;
        if (rangeCount > 0 && ranges[2 * rangeCount - 1] == from) {
            ranges[2 * rangeCount - 1] = kept;
            return kept - from;
        }
        if (2 * rangeCount == ranges.length) {
            ranges = Arrays.copyOf(ranges, Math.max(8, 2 * ranges.length));
        }
        ranges[2 * rangeCount] = from;
        ranges[2 * rangeCount + 1] = kept;
        rangeCount++;
        return kept - from;
    }

    private long withinBytes(long from, long to, TopicSettings settings) {
        long first = firstLive();
        if (pinned || first >= to) {
            return to;
        }
        long last = to;
        while (last > from && log().bytesBetween(first, last - 1) >= settings.queueBytes()) {
            last--;
        }
        return last;
    }
}
