package io.spillgate.hub;

import io.spillgate.log.EventLog;
import io.spillgate.log.LogEntry;
import io.spillgate.log.TopicSettings;
import io.spillgate.log.Watch;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// One topic with events on one loop, towards its log: how far its events were offered, and which
/// of them are still needed. Confined to the loop.
///
/// Who is subscribed, and the walk, belong to [TopicShard].
final class Topic {
    private final ShardContext context;
    private final Watch watch;
    private final TopicListener listener;
    private final List<Cursor> lagging = new ArrayList<>();
    private final Set<Stalled> stalled = HashSet.newHashSet(0);
    private TopicSettings settings;
    private long offeredTo;

    /// Whether this topic is in the shard's list of those to report.
    boolean reportDue;

    /// Whether this topic is in the shard's list of those in which somebody lags.
    boolean measured;

    Topic(ShardContext context, Watch watch, TopicListener listener) {
        this.context = context;
        this.watch = watch;
        this.listener = listener;
        settings = watch.settings();
        offeredTo = watch.start();
    }

    ShardContext context() {
        return context;
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

    /// The queues in which events are left.
    List<Cursor> lagging() {
        return lagging;
    }

    /// The streams that have begun an event, as they are at this moment.
    List<Stalled> stalled() {
        return List.copyOf(stalled);
    }

    /// Whether nothing is published any more, and nothing is left in a queue.
    boolean isIdle() {
        return watch.isIdle() && lagging.isEmpty();
    }

    /// Finds out what is new.
    ///
    /// @return the head, up to which a walk offers
    long look() {
        assert context.loop().inEventLoop();
        context.logs().look(watch);
        settings = watch.settings();
        return watch.head();
    }

    /// A walk has offered everything up to this head.
    void offered(long head) {
        offeredTo = head;
        report();
    }

    /// Tells the log how far its events are needed.
    void report() {
        assert context.loop().inEventLoop();
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
        context.logs().report(watch, offeredTo, keepFrom, queuedFrom);
    }

    /// Lists a queue in which events are left, so that the log keeps them.
    void noteLag(Cursor cursor) {
        assert context.loop().inEventLoop();
        if (!cursor.listed && cursor.hasWaiting()) {
            cursor.listed = true;
            lagging.add(cursor);
            listener.measure(this);
        }
    }

    /// A queue that publishers may wait for has moved on.
    void progressed(Cursor cursor) {
        assert context.loop().inEventLoop();
        if (cursor.listed && context.logs().hasWaiting(log())) {
            listener.reportSoon(this);
        }
    }

    /// Closes the queue of a subscriber that has left.
    void remove(Cursor cursor) {
        assert context.loop().inEventLoop();
        cursor.close();
        if (cursor.listed) {
            listener.reportSoon(this);
        }
    }

    /// A stream's socket has taken a part of an event and no more.
    void hold(LogEntry entry, Stalled stream) {
        assert context.loop().inEventLoop();
        stalled.add(stream);
        context.logs().hold(log(), entry);
    }

    /// The event is whole, or its stream gone.
    void letGo(LogEntry entry, Stalled stream) {
        assert context.loop().inEventLoop();
        stalled.remove(stream);
        context.logs().unpin(log(), entry.index(), entry.index() + 1);
    }
}
