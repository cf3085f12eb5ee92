package io.spillgate.hub;

import io.spillgate.log.EventLog;
import io.spillgate.log.LogEntry;
import io.spillgate.log.TopicSettings;
import io.spillgate.log.Watch;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The subscribers of one topic with events on one loop, and the walk that brings new ones to them.
///
/// A walk goes once through the subscribers and offers everything up to a head that was read when
/// it began. It can be interrupted after any of them. Confined to its loop.
final class TopicShard implements Audience {
    private static final int OFFERS_PER_LOOK_AT_THE_CLOCK = 16;

    private final Shard shard;
    private final List<@Nullable Seat> seats = new ArrayList<>();
    private final List<Cursor> lagging = new ArrayList<>();
    private final Set<Subscriber> stalled = HashSet.newHashSet(0);
    private final Watch watch;
    private TopicSettings settings;
    private long offeredTo;
    private long walkTo;
    private int walkPosition;
    private boolean walking;
    private int emptySeats;

    /// Whether this topic is in the shard's list of those to walk, and the walk has not begun.
    boolean walkDue;

    /// Whether this topic is in the shard's list of those to report.
    boolean reportDue;

    /// Whether this topic is in the shard's list of those in which somebody lags.
    boolean measured;

    TopicShard(Shard shard, Watch watch) {
        this.shard = shard;
        this.watch = watch;
        settings = watch.settings();
        offeredTo = watch.start();
    }

    Shard shard() {
        return shard;
    }

    Watch watch() {
        return watch;
    }

    EventLog log() {
        return watch.log();
    }

    /// The settings as they were when the walk began.
    TopicSettings settings() {
        return settings;
    }

    /// Where the last complete walk ended.
    long offeredTo() {
        return offeredTo;
    }

    boolean isEmpty() {
        return seats.size() == emptySeats;
    }

    /// Adds a subscriber that gets everything from the begin of the watch on.
    void addAtStart(Subscriber subscriber) {
        add(subscriber, watch.start(), watch.start());
    }

    /// Adds a subscriber.
    ///
    /// @param from the first index that it gets
    /// @param head the end of its replay
    void add(Subscriber subscriber, long from, long head) {
        assert shard.loop().inEventLoop();
        Cursor cursor = new Cursor(this, from, head);
        subscriber.merge().add(cursor);
        seats.add(new Seat(subscriber, cursor));
        cursor.seat = seats.size() - 1;
        noteLag(cursor);
    }

    void remove(Cursor cursor) {
        assert shard.loop().inEventLoop();
        seats.set(cursor.seat, null);
        emptySeats++;
        cursor.close();
        if (!walking && emptySeats > seats.size() / 2) {
            closeUp();
        }
        if (cursor.listed) {
            shard.reportSoon(this);
        }
    }

    /// Offers what is new; stops when the time is up.
    ///
    /// @return whether the walk is complete
    boolean walk(long untilNanos) {
        assert shard.loop().inEventLoop();
        if (!walking) {
            walkDue = false;
            look();
            walkPosition = 0;
            walking = true;
        }
        int offers = 0;
        while (walkPosition < seats.size()) {
            Seat seat = seats.get(walkPosition++);
            if (seat != null) {
                offer(seat.subscriber);
            }
            if (++offers % OFFERS_PER_LOOK_AT_THE_CLOCK == 0
                    && shard.nanoTime() - untilNanos >= 0) {
                return false;
            }
        }
        walking = false;
        offeredTo = walkTo;
        closeUp();
        report();
        return true;
    }

    /// Whether nothing is published any more, and nobody has anything left to get or to be told.
    boolean isIdle() {
        return watch.isIdle()
                && !walkDue
                && !walking
                && lagging.isEmpty()
                && seats.stream().allMatch(seat -> seat == null || seat.isSettled());
    }

    /// Ends the subscriptions of a topic without events.
    ///
    /// @return whose they were
    List<Subscriber> retire() {
        List<Subscriber> subscribers = new ArrayList<>();
        for (Seat seat : seats) {
            if (seat != null) {
                seat.subscriber.merge().remove(seat.cursor);
                subscribers.add(seat.subscriber);
            }
        }
        seats.clear();
        emptySeats = 0;
        return subscribers;
    }

    /// Ends all streams of the topic, each between two events.
    void endStreams(StreamEnd why) {
        assert shard.loop().inEventLoop();
        for (Seat seat : new ArrayList<>(seats)) {
            if (seat != null) {
                seat.subscriber.end(null, why);
            }
        }
    }

    /// Tells the log how far its events are needed.
    void report() {
        assert shard.loop().inEventLoop();
        long keepFrom = offeredTo;
        long queuedFrom = offeredTo;
        int kept = 0;
        for (Cursor cursor : lagging) {
            keepFrom = Math.min(keepFrom, cursor.keepFrom());
            queuedFrom = Math.min(queuedFrom, cursor.queuedFrom());
            cursor.listed = cursor.hasWaiting();
            if (cursor.listed) {
                lagging.set(kept++, cursor);
            }
        }
        lagging.subList(kept, lagging.size()).clear();
        shard.logs().report(watch, offeredTo, keepFrom, queuedFrom);
    }

    /// A subscriber's socket has taken a part of an event and no more.
    void hold(LogEntry entry, Subscriber subscriber) {
        assert shard.loop().inEventLoop();
        stalled.add(subscriber);
        shard.logs().hold(log(), entry);
    }

    /// The event is whole, or its subscriber gone.
    void letGo(LogEntry entry, Subscriber subscriber) {
        assert shard.loop().inEventLoop();
        stalled.remove(subscriber);
        shard.logs().unpin(log(), entry.index(), entry.index() + 1);
    }

    List<Cursor> lagging() {
        return lagging;
    }

    /// Lists a queue in which events are left, so that the log keeps them.
    void noteLag(Cursor cursor) {
        assert shard.loop().inEventLoop();
        if (!cursor.listed && cursor.hasWaiting()) {
            cursor.listed = true;
            lagging.add(cursor);
            shard.measure(this);
        }
    }

    /// Finds out what is new, and lets go of what waits where memory is short.
    private void look() {
        shard.logs().look(watch);
        settings = watch.settings();
        walkTo = watch.head();
        if (watch.hasLoss()) {
            shard.topics().hearNews();
        }
        if (watch.isSqueezed()) {
            squeeze();
        }
    }

    /// What one subscriber can't be brought must not keep it from the others.
    private void offer(Subscriber subscriber) {
        try {
            subscriber.offer(this, walkTo);
        } catch (RuntimeException | OutOfMemoryError e) {
            shard.failed(subscriber, e);
        }
    }

    /// Drops half of the longest queues, and cuts those that have stopped in the middle of an
    /// event, which can't be dropped any more.
    private void squeeze() {
        long longest = 0;
        for (Cursor cursor : lagging) {
            longest = Math.max(longest, cursor.length());
        }
        long dropped = 0;
        for (Cursor cursor : lagging) {
            if (2 * cursor.length() >= longest) {
                dropped += cursor.squeeze();
            }
        }
        if (dropped > 0) {
            shard.cells().dropped(settings.policy(), dropped);
        }
        List.copyOf(stalled).forEach(subscriber -> subscriber.cutIfStalled(shard.nanoTime()));
    }

    private void closeUp() {
        if (emptySeats == 0) {
            return;
        }
        int kept = 0;
        for (Seat seat : seats) {
            if (seat != null) {
                seat.cursor.seat = kept;
                seats.set(kept++, seat);
            }
        }
        seats.subList(kept, seats.size()).clear();
        emptySeats = 0;
    }

    /// A subscriber with its queue of this topic.
    private record Seat(Subscriber subscriber, Cursor cursor) {
        boolean isSettled() {
            return !cursor.hasWaiting() && cursor.hole() == 0 && subscriber.isBetweenEvents();
        }
    }
}
