package io.spillgate.local;

import io.netty.channel.EventLoop;
import io.spillgate.broker.Broker;
import io.spillgate.hub.Shard;
import io.spillgate.hub.WatchedTopics;
import io.spillgate.local.HubFailure.Reason;
import io.spillgate.log.ResumePoint;
import io.spillgate.net.Loops;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// Opens a subscription on one loop, at once or when the broker knows where it begins. Confined to
/// the loop, but for [#begin] and [#shutDown].
final class LocalOpening implements Unfinished {
    private final Broker broker;
    private final Shard shard;
    private final WatchedTopics watched;
    private final List<String> topics;
    private final StreamStart start;
    private final CompletableFuture<Subscription> opened;
    private final Function<String, LocalSubscription> make;
    private boolean over;

    /// @param watched counts the topics of all subscribers
    /// @param opened is failed when it does not come about
    /// @param make the subscription, from the place at which it begins
    LocalOpening(
            Broker broker,
            Shard shard,
            WatchedTopics watched,
            List<String> topics,
            StreamStart start,
            CompletableFuture<Subscription> opened,
            Function<String, LocalSubscription> make) {
        this.broker = broker;
        this.shard = shard;
        this.watched = watched;
        this.topics = topics;
        this.start = start;
        this.opened = opened;
        this.make = make;
    }

    /// Begins, on the loop.
    ///
    /// @param mostWaitNanos how long the broker may take
    void begin(long mostWaitNanos) {
        if (!Loops.execute(shard.loop(), () -> tryFirst(mostWaitNanos))) {
            shutDown();
        }
    }

    @Override
    public void shutDown() {
        fail(HubFailure.closed());
    }

    private void tryFirst(long mostWaitNanos) {
        EventLoop loop = shard.loop();
        tryOpen();
        if (!over) {
            loop.schedule(this::timeOut, mostWaitNanos, TimeUnit.NANOSECONDS);
        }
    }

    private void timeOut() {
        if (!over) {
            over = true;
            fail(
                    new HubFailure(
                            Reason.BLOCKED,
                            "Where the subscription begins was not known in time"
                                    + " (hub.block_timeout)"));
        }
    }

    private void tryOpen() {
        assert shard.loop().inEventLoop();
        if (over || opened.isDone()) {
            over = true;
            return;
        }
        if (!watched.tryAdd(topics.size())) {
            over = true;
            fail(
                    new HubFailure(
                            Reason.FULL,
                            "All subscribers together watch "
                                    + watched.limit()
                                    + " topics already (hub.max_watched_topics)"));
            return;
        }
        ResumePoint point = broker.join(shard.reader(), topics, start.lastEventId(), this::ready);
        if (point == null) {
            watched.remove(topics.size());
            return;
        }
        over = true;
        LocalSubscription subscription = make.apply(place(point.anchor()));
        subscription.start();
        subscription.begin(shard.open(subscription, topics, point));
    }

    private String place(@Nullable String anchor) {
        String asked = start.lastEventId();
        return anchor != null ? anchor : asked == null ? "" : asked;
    }

    /// Any thread.
    private void ready() {
        Loops.execute(shard.loop(), this::tryOpen);
    }

    /// On a thread of its own: what follows the future may take as long as it likes.
    private void fail(HubFailure failure) {
        Thread.startVirtualThread(() -> opened.completeExceptionally(failure));
    }
}
