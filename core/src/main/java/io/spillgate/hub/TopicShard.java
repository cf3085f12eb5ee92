package io.spillgate.hub;

import io.spillgate.broker.EventLog;
import io.spillgate.broker.TopicSettings;
import io.spillgate.broker.Watch;
import io.spillgate.broker.Watcher;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// The subscribers of one topic on one loop, and the walk that brings new events to them.
///
/// A walk goes once through the subscribers and offers everything up to a head that was read when
/// it began. It can be interrupted after any of them. Confined to its loop, but for [#wake].
final class TopicShard implements Watcher {
    private static final int OFFERS_PER_LOOK_AT_THE_CLOCK = 16;

    private final Shard shard;
    private final List<@Nullable Seat> seats = new ArrayList<>();
    private final List<Subscription> lagging = new ArrayList<>();
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

    @SuppressWarnings("this-escape") // final class; the broker only keeps the reference
    TopicShard(Shard shard, String topic) {
        this.shard = shard;
        watch = shard.broker().watch(topic, this);
        settings = watch.log().settings();
        offeredTo = watch.log().head(watch);
    }

    @Override
    public void wake() {
        shard.wake(this);
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

    void add(Subscriber subscriber, Subscription subscription) {
        seats.add(new Seat(subscriber, subscription));
        subscription.seat = seats.size() - 1;
        noteLag(subscription);
    }

    void remove(Subscription subscription) {
        seats.set(subscription.seat, null);
        emptySeats++;
        subscription.close();
        if (!walking && emptySeats > seats.size() / 2) {
            closeUp();
        }
        if (subscription.listed) {
            shard.reportSoon(this);
        }
    }

    /// Offers what is new; stops when the time is up.
    ///
    /// @return whether the walk is complete
    boolean walk(long untilNanos) {
        if (!walking) {
            walkDue = false;
            settings = log().settings();
            walkTo = log().head(watch);
            walkPosition = 0;
            walking = true;
        }
        int offers = 0;
        while (walkPosition < seats.size()) {
            Seat seat = seats.get(walkPosition++);
            if (seat != null) {
                seat.subscriber.offer(this, walkTo);
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

    /// Tells the log how far its events are needed, and lets publishers that wait try again.
    void report() {
        long keepFrom = offeredTo;
        long queuedFrom = offeredTo;
        int kept = 0;
        for (Subscription subscription : lagging) {
            keepFrom = Math.min(keepFrom, subscription.keepFrom());
            queuedFrom = Math.min(queuedFrom, subscription.queuedFrom());
            subscription.listed = subscription.hasWaiting();
            if (subscription.listed) {
                lagging.set(kept++, subscription);
            }
        }
        lagging.subList(kept, lagging.size()).clear();
        log().report(watch, offeredTo, keepFrom, queuedFrom).forEach(Runnable::run);
    }

    List<Subscription> lagging() {
        return lagging;
    }

    /// Lists a queue in which events are left, so that the log keeps them.
    void noteLag(Subscription subscription) {
        if (!subscription.listed && subscription.hasWaiting()) {
            subscription.listed = true;
            lagging.add(subscription);
        }
    }

    private void closeUp() {
        if (emptySeats == 0) {
            return;
        }
        int kept = 0;
        for (Seat seat : seats) {
            if (seat != null) {
                seat.subscription.seat = kept;
                seats.set(kept++, seat);
            }
        }
        seats.subList(kept, seats.size()).clear();
        emptySeats = 0;
    }

    /// A subscriber with its queue of this topic.
    private record Seat(Subscriber subscriber, Subscription subscription) {}
}
