package io.spillgate.hub;

import io.spillgate.config.OverflowPolicy;
import io.spillgate.log.EventLog;
import io.spillgate.log.TopicSettings;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// The order of a stream's events over its topics: always the lowest sequence next.
///
/// Queues of several topics take new events only together, up to heads that were read at the same
/// moment: every event that is not in a queue yet then has a higher sequence than all that are. So
/// what was delivered is always a prefix of the common order, and the last id of a stream stands
/// for all its topics.
final class Merge {
    private static final Cursor[] NONE = {};

    private final ShardContext context;
    private final boolean single;
    private Cursor[] cursors = NONE;

    /// The order of no events: a subscriber's topics take part when they have some.
    ///
    /// @param topics how many the subscriber has
    Merge(ShardContext context, int topics) {
        this.context = context;
        single = topics == 1;
    }

    void add(Cursor cursor) {
        Cursor[] more = Arrays.copyOf(cursors, cursors.length + 1);
        more[cursors.length] = cursor;
        cursors = more;
    }

    void remove(Cursor cursor) {
        cursors = Arrays.stream(cursors).filter(other -> other != cursor).toArray(Cursor[]::new);
    }

    Cursor[] cursors() {
        return cursors;
    }

    boolean hasWaiting() {
        for (Cursor cursor : cursors) {
            if (cursor.hasWaiting()) {
                return true;
            }
        }
        return false;
    }

    /// Whether everything of a replay is written. Replayed events come before all others, so one of
    /// the others that was begun tells the same.
    ///
    /// @param between whether no event is begun and not yet whole
    boolean hasReplayed(boolean between) {
        boolean all = true;
        for (Cursor cursor : cursors) {
            if (cursor.isPastReplay()) {
                return true;
            }
            all &= cursor.next() >= cursor.firstLive();
        }
        return all && between;
    }

    /// Events in all queues, without those of a replay.
    long waiting() {
        long waiting = 0;
        for (Cursor cursor : cursors) {
            waiting += cursor.waiting();
        }
        return waiting;
    }

    /// Takes what is new into the queues.
    ///
    /// @param topic the topic that has something new
    /// @param head its head; of several topics all heads are read again
    void offer(Topic topic, long head) {
        if (single) {
            count(topic, cursors[0].offer(head, topic.settings(), 0));
            return;
        }
        long[] heads = heads();
        for (int i = 0; i < heads.length; i++) {
            Cursor cursor = cursors[i];
            long beside = waiting() - cursor.waiting();
            Topic other = cursor.topic();
            count(other, cursor.offer(heads[i], other.settings(), beside));
        }
        dropOldest();
    }

    /// The heads of all topics at one moment. A topic that has begun to have events by then takes
    /// part from here on; what has lost some has ended the stream.
    private long[] heads() {
        while (true) {
            EventLog[] logs = new EventLog[cursors.length];
            for (int i = 0; i < logs.length; i++) {
                logs[i] = cursors[i].log();
            }
            long[] heads = new long[logs.length];
            if (context.logs().heads(context.reader(), logs, heads)) {
                return heads;
            }
            context.hearNews();
        }
    }

    /// Whether publishers wait because one of the queues is full.
    boolean blocksPublishers() {
        for (Cursor cursor : cursors) {
            TopicSettings settings = cursor.topic().settings();
            if (settings.policy() == OverflowPolicy.BLOCK
                    && cursor.waiting() >= settings.queueSize()) {
                return true;
            }
        }
        return false;
    }

    /// Has the logs keep what is left in the queues.
    void noteLag() {
        for (Cursor cursor : cursors) {
            cursor.topic().noteLag(cursor);
        }
    }

    /// The queue whose next event comes first. There must be one that has events waiting.
    Cursor first() {
        if (cursors.length == 1) {
            return cursors[0];
        }
        Cursor first = null;
        long lowest = Long.MAX_VALUE;
        for (Cursor cursor : cursors) {
            if (cursor.hasWaiting() && nextSequence(cursor) < lowest) {
                lowest = nextSequence(cursor);
                first = cursor;
            }
        }
        if (first == null) {
            throw new IllegalStateException("nothing waits");
        }
        return first;
    }

    /// The end of the events of a queue that go out before anything of another one.
    long end(Cursor first) {
        long end = first.end();
        for (Cursor cursor : cursors) {
            if (cursor != first && cursor.hasWaiting()) {
                end =
                        Math.min(
                                end,
                                first.log().firstAfter(nextSequence(cursor), first.next(), end));
            }
        }
        return end;
    }

    /// A queue that has dropped events and not told of it; null when there is none.
    @Nullable Cursor untoldHole() {
        for (Cursor cursor : cursors) {
            if (cursor.hole() > 0) {
                return cursor;
            }
        }
        return null;
    }

    /// Drops the oldest events of all queues that do so, until everything fits together; the newest
    /// of them stays in any case.
    private void dropOldest() {
        for (long excess = 1; excess > 0; ) {
            Cursor oldest = null;
            long lowest = Long.MAX_VALUE;
            long second = Long.MAX_VALUE;
            long droppable = -1;
            for (Cursor cursor : cursors) {
                if (!cursor.dropsOldest()) {
                    continue;
                }
                droppable += cursor.waiting();
                long sequence = sequence(cursor, cursor.firstLive());
                second = Math.min(second, Math.max(sequence, lowest));
                oldest = sequence < lowest ? cursor : oldest;
                lowest = Math.min(lowest, sequence);
            }
            if (oldest == null) {
                return;
            }
            Topic topic = oldest.topic();
            excess = Math.min(droppable, waiting() - topic.settings().queueSize());
            if (excess > 0) {
                long first = oldest.firstLive();
                long end = Math.min(oldest.end(), first + excess);
                long older = oldest.log().firstAfter(second, first, end);
                count(topic, oldest.dropBefore(older));
            }
        }
    }

    private void count(Topic topic, long dropped) {
        if (dropped > 0) {
            context.cells().dropped(topic.settings().policy(), dropped);
        }
    }

    private static long nextSequence(Cursor cursor) {
        return sequence(cursor, cursor.next());
    }

    private static long sequence(Cursor cursor, long index) {
        return cursor.log().entry(index).sequence();
    }
}
