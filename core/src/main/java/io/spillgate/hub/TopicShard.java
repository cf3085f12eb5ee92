package io.spillgate.hub;

import io.spillgate.log.Watch;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// The subscribers of one topic with events on one loop, and the walk that brings new ones to them.
///
/// A walk goes once through the subscribers and offers everything up to a head that was read when
/// it began. It can be interrupted after any of them. Confined to its loop.
final class TopicShard implements Audience {
    private static final int OFFERS_PER_LOOK_AT_THE_CLOCK = 16;

    private final ShardContext context;
    private final Topic topic;
    private final List<@Nullable Seat> seats = new ArrayList<>();
    private long walkTo;
    private int walkPosition;
    private boolean walking;
    private int emptySeats;

    /// Whether this topic is in the shard's list of those to walk, and the walk has not begun.
    boolean walkDue;

    TopicShard(ShardContext context, Watch watch, TopicListener listener) {
        this.context = context;
        topic = new Topic(context, watch, listener);
    }

    /// The topic towards its log.
    Topic topic() {
        return topic;
    }

    Watch watch() {
        return topic.watch();
    }

    boolean isEmpty() {
        return seats.size() == emptySeats;
    }

    /// Adds a subscriber that gets everything from the begin of the watch on.
    void addAtStart(Recipient subscriber) {
        add(subscriber, watch().start(), watch().start());
    }

    /// Adds a subscriber.
    ///
    /// @param from the first index that it gets
    /// @param head the end of its replay
    void add(Recipient subscriber, long from, long head) {
        assert context.loop().inEventLoop();
        Cursor cursor = new Cursor(topic, from, head);
        subscriber.merge().add(cursor);
        seats.add(new Seat(subscriber, cursor));
        cursor.seat = seats.size() - 1;
        topic.noteLag(cursor);
    }

    void remove(Cursor cursor) {
        assert context.loop().inEventLoop();
        seats.set(cursor.seat, null);
        emptySeats++;
        if (!walking && emptySeats > seats.size() / 2) {
            closeUp();
        }
        topic.remove(cursor);
    }

    /// Offers what is new; stops when the time is up.
    ///
    /// @return whether the walk is complete
    boolean walk(long untilNanos) {
        assert context.loop().inEventLoop();
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
                    && context.nanoTime() - untilNanos >= 0) {
                return false;
            }
        }
        walking = false;
        closeUp();
        topic.offered(walkTo);
        return true;
    }

    /// Whether nothing is published any more, and nobody has anything left to get or to be told.
    boolean isIdle() {
        return topic.isIdle()
                && !walkDue
                && !walking
                && seats.stream().allMatch(seat -> seat == null || seat.isSettled());
    }

    /// Ends the subscriptions of a topic without events.
    ///
    /// @return whose they were
    List<Recipient> retire() {
        List<Recipient> subscribers = new ArrayList<>();
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

    /// Ends all streams of the topic, each between two events, or cut if that fails.
    void endStreams(StreamEnd why) {
        assert context.loop().inEventLoop();
        for (Seat seat : new ArrayList<>(seats)) {
            if (seat != null) {
                end(seat.subscriber, why);
            }
        }
    }

    /// Finds out what is new, and lets go of what waits where memory is short.
    private void look() {
        walkTo = topic.look();
        if (watch().hasLoss()) {
            context.hearNews();
        }
        if (watch().isSqueezed()) {
            squeeze();
        }
    }

    /// What one subscriber can't be brought must not keep it from the others.
    private void offer(Recipient subscriber) {
        try {
            subscriber.offer(topic, walkTo);
        } catch (RuntimeException | OutOfMemoryError e) {
            subscriber.fail(e);
        }
    }

    private void end(Recipient subscriber, StreamEnd why) {
        try {
            subscriber.end(null, why);
        } catch (RuntimeException | OutOfMemoryError e) {
            subscriber.fail(e);
        }
    }

    /// Drops half of the longest queues, and cuts those that have stopped in the middle of an
    /// event, which can't be dropped any more.
    private void squeeze() {
        long longest = 0;
        for (Cursor cursor : topic.lagging()) {
            longest = Math.max(longest, cursor.length());
        }
        long dropped = 0;
        for (Cursor cursor : topic.lagging()) {
            if (2 * cursor.length() >= longest) {
                dropped += cursor.squeeze();
            }
        }
        if (dropped > 0) {
            context.cells().dropped(topic.settings().policy(), dropped);
        }
        topic.stalled().forEach(stream -> stream.cutIfStalled(context.nanoTime()));
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
    private record Seat(Recipient subscriber, Cursor cursor) {
        boolean isSettled() {
            return !cursor.hasWaiting() && cursor.hole() == 0 && subscriber.isBetweenEvents();
        }
    }
}
