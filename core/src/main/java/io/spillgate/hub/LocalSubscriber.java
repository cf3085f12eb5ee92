package io.spillgate.hub;

import io.spillgate.hub.LocalTarget.Delivery;
import io.spillgate.log.LogEntry;
import io.spillgate.log.ResumePoint.Gap;
import io.spillgate.net.Loops;
import io.spillgate.net.Work;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// The subscription of a program in this process: it gets the events as they are in the log, a few
/// at a time, and the next ones when it has done with them.
///
/// What was handed over counts as taken, as what a socket has taken does; everything else stays in
/// the queues, under the policies of the topics. Confined to its loop, but for [#close].
public final class LocalSubscriber extends Recipient implements Stalled {
    private static final int MOST_EVENTS = 64;
    private static final int MOST_BYTES = 64 * 1024;

    private final StreamOwner owner;
    private final LocalTarget target;
    private final Runnable goOn;
    private final BegunEvent largeEvent = new BegunEvent(this);
    private @Nullable Gap gap;
    private @Nullable String lastId;
    private boolean busy;
    private boolean over;
    private long waitingSinceNanos;

    /// @param gap what can't be replayed; null when nothing is missing
    LocalSubscriber(
            ShardContext context,
            StreamOwner owner,
            LocalTarget target,
            List<String> topics,
            @Nullable Gap gap) {
        super(context, topics);
        this.owner = owner;
        this.target = target;
        this.gap = gap;
        goOn = context.meter().as(Work.FAN_OUT, this::goOn);
    }

    /// Ends it. Any thread; again does nothing.
    public void close() {
        Loops.execute(context.loop(), () -> end(null, StreamEnd.CLIENT));
    }

    @Override
    boolean isEnding() {
        return over;
    }

    @Override
    boolean isBetweenEvents() {
        return !busy;
    }

    @Override
    void flush() {
        assert context.loop().inEventLoop();
        if (!busy && !over) {
            handOver(next());
        }
    }

    @Override
    void end(@Nullable Notice farewell, StreamEnd why) {
        assert context.loop().inEventLoop();
        if (over) {
            return;
        }
        over = true;
        largeEvent.letGo();
        owner.left(this, why);
        target.ended(why);
    }

    @Override
    void abort() {
        end(null, StreamEnd.SHUTDOWN);
    }

    @Override
    void fail(Throwable cause) {
        context.faults().note("local_subscriber_failed", cause);
        end(null, StreamEnd.ERROR);
    }

    @Override
    public void cutIfStalled(long nowNanos) {
        if (largeEvent.isOlderThan(context.times().stallNanos(), nowNanos)) {
            end(null, StreamEnd.MEMORY);
        }
    }

    /// Ends a subscription whose listener is at one batch for too long while events or publishers
    /// wait, and tells of dropped events when nothing follows them.
    @Override
    public void visit(long nowNanos) {
        assert context.loop().inEventLoop();
        long timeoutNanos = context.times().timeoutNanos();
        if (!busy || !merge.hasWaiting()) {
            waitingSinceNanos = 0;
        } else if (waitingSinceNanos == 0) {
            waitingSinceNanos = nowNanos;
        } else if (nowNanos - waitingSinceNanos >= timeoutNanos) {
            end(null, merge.blocksPublishers() ? StreamEnd.BLOCKED : StreamEnd.TIMEOUT);
            return;
        }
        if (blockedNanos(nowNanos) >= timeoutNanos) {
            end(null, StreamEnd.BLOCKED);
            return;
        }
        Cursor dropped = busy || over || merge.hasWaiting() ? null : merge.untoldHole();
        if (dropped != null) {
            handOver(new ArrayList<>(List.of(overflow(dropped))));
        }
    }

    private void goOn() {
        busy = false;
        waitingSinceNanos = 0;
        try {
            largeEvent.letGo();
            flush();
        } catch (RuntimeException | OutOfMemoryError e) {
            fail(e);
        }
    }

    private void handOver(List<Delivery> batch) {
        if (batch.isEmpty()) {
            return;
        }
        busy = true;
        target.take(batch, () -> Loops.execute(context.loop(), goOn));
    }

    /// What comes next. A notice goes before the next event of any topic, as in [Subscriber]; an
    /// event that is larger than a batch may be is alone, and counts in the memory of the logs.
    private List<Delivery> next() {
        List<Delivery> batch = new ArrayList<>();
        if (gap != null) {
            long retryMillis = context.times().retryMillis();
            batch.add(new Delivery.Told(new Notice.Opening(retryMillis, gap, null)));
            gap = null;
        }
        int bytes = 0;
        while (merge.hasWaiting() && batch.size() < MOST_EVENTS) {
            Cursor dropped = merge.untoldHole();
            if (dropped != null) {
                batch.add(overflow(dropped));
                continue;
            }
            Cursor queue = merge.first();
            LogEntry entry = queue.log().entry(queue.next());
            bytes += entry.bytes();
            if (bytes > MOST_BYTES && !batch.isEmpty()) {
                break;
            }
            batch.add(new Delivery.Event(entry));
            take(entry, queue);
        }
        return batch;
    }

    private void take(LogEntry entry, Cursor queue) {
        lastId = entry.id();
        queue.advance(1);
        queue.topic().progressed(queue);
        context.delivered(entry.epochNanos(), 1);
        if (entry.bytes() > MOST_BYTES) {
            largeEvent.begin(entry, queue.topic(), context.nanoTime());
        }
    }

    private Delivery overflow(Cursor dropped) {
        Notice.Overflow notice = overflow(dropped, lastId);
        dropped.holeTold();
        return new Delivery.Told(notice);
    }
}
