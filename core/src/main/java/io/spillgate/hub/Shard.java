package io.spillgate.hub;

import io.netty.channel.EventLoop;
import io.spillgate.http.EventStreamPlace;
import io.spillgate.log.Logs;
import io.spillgate.log.Reader;
import io.spillgate.log.ResumePoint;
import io.spillgate.log.Watch;
import io.spillgate.metrics.Cells;
import io.spillgate.metrics.Counter;
import io.spillgate.net.Faults;
import io.spillgate.net.LoopMeter;
import io.spillgate.net.Loops;
import io.spillgate.net.Sweep;
import io.spillgate.net.WallClock;
import io.spillgate.net.Work;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// The event streams of one event loop.
///
/// Publishers on other threads reach it only through [#wake]: however many events they publish, the
/// loop is woken once and walks the topic once. A walk stops after 2 ms and goes on after sockets
/// were looked at, so that fan-out never starves a request. Everything else is confined to the
/// loop.
public final class Shard implements StreamOwner, TopicListener {
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long TICK_MILLIS = 50;
    private static final long BEGINNING_PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final EventLoop loop;
    private final Faults faults;
    private final Runnable work;
    private final ShardContext context;
    private final WatchedTopics watched;
    private final Topics topics;
    private final Queue<Watch> woken = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final ArrayDeque<TopicShard> toWalk = new ArrayDeque<>();
    private final List<Topic> toReport = new ArrayList<>();
    private final List<Topic> lagging = new ArrayList<>();
    private final List<Subscriber> beginning = new ArrayList<>();
    private Sweep<Recipient> streams;
    private @Nullable StreamDrain drain;
    private long lastTickNanos;
    private long beginningVisitedNanos;
    private volatile int streamCount;
    private volatile long deepestQueue;
    private volatile long totalQueued;

    /// @param watched counts the topics of all subscribers, over all shards
    @SuppressWarnings("this-escape") // final class; the logs only keep the reference
    Shard(
            EventLoop loop,
            LoopMeter meter,
            WallClock clock,
            Faults faults,
            Logs logs,
            Cells cells,
            StreamTimes times,
            WatchedTopics watched) {
        this.loop = loop;
        this.faults = faults;
        work = meter.as(Work.FAN_OUT, this::workOrRepeat);
        this.watched = watched;
        streams = new Sweep<>(times.visitPeriodNanos());
        context =
                new ShardContext(
                        loop, meter, clock, faults, logs, cells, times, this::wake, this::hearNews);
        topics = new Topics(context, this);
    }

    /// The loop that all of this belongs to.
    public EventLoop loop() {
        return loop;
    }

    /// Who delivers here, for whom a [ResumePoint] is found.
    public Reader reader() {
        return context.reader();
    }

    /// Opens a stream, and writes the head and what is to be replayed: its topics were joined
    /// before, so nothing that is published in between is missed.
    ///
    /// @param where the way to the client
    /// @param wire how events look on it
    /// @param names the topics, for which [WatchedTopics#tryAdd] has made room
    /// @param point where the stream begins, found in this turn of the loop for [#reader]
    /// @param account is told what the stream got
    /// @param began run once: when the head and the replay are written, the stream is over, or the
    ///   socket takes nothing of them for `hub.stall_timeout`
    public Subscriber open(
            EventStreamPlace where,
            Wire wire,
            List<String> names,
            ResumePoint point,
            StreamAccount account,
            Runnable began) {
        assert loop.inEventLoop();
        byte[] opening = opening(where.head(), wire, point);
        Subscriber subscriber =
                new Subscriber(context, this, where, wire, opening, names, account, began);
        begin(subscriber, point);
        if (!subscriber.hasBegun(context.nanoTime())) {
            beginning.add(subscriber);
        }
        return subscriber;
    }

    /// The same for a stream that nobody keeps account of.
    public Subscriber open(
            EventStreamPlace where,
            Wire wire,
            List<String> names,
            ResumePoint point,
            Runnable began) {
        return open(where, wire, names, point, StreamAccount.NONE, began);
    }

    /// Opens the subscription of a program in this process; as above, without a way to a client.
    ///
    /// @param target gets the events
    public LocalSubscriber open(LocalTarget target, List<String> names, ResumePoint point) {
        assert loop.inEventLoop();
        LocalSubscriber subscriber = new LocalSubscriber(context, this, target, names, point.gap());
        begin(subscriber, point);
        return subscriber;
    }

    /// Begins to look after the streams. Called once, on the loop.
    void start() {
        assert loop.inEventLoop();
        lastTickNanos = context.nanoTime();
        loop.scheduleAtFixedRate(
                faults.periodic(context.meter().as(Work.FAN_OUT, this::tick)),
                TICK_MILLIS,
                TICK_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /// Called on the loop.
    void times(StreamTimes changed) {
        assert loop.inEventLoop();
        context.times(changed);
        Sweep<Recipient> moved = new Sweep<>(changed.visitPeriodNanos());
        streams.members().forEach(moved::add);
        streams = moved;
    }

    /// Ends all streams, spread over a time. Called on the loop.
    void drain(long spreadNanos) {
        assert loop.inEventLoop();
        if (drain == null) {
            drain = new StreamDrain(streams.members(), context.nanoTime(), spreadNanos);
            drain.advance(context.nanoTime());
        }
    }

    /// Closes all streams at once. Called on the loop.
    void abort() {
        assert loop.inEventLoop();
        streams.members().forEach(Recipient::abort);
    }

    int streamCount() {
        return streamCount;
    }

    long deepestQueue() {
        return deepestQueue;
    }

    long totalQueued() {
        return totalQueued;
    }

    /// What its streams and topics share.
    ShardContext context() {
        return context;
    }

    Topics topics() {
        return topics;
    }

    /// A topic has something new. Called on any thread.
    private void wake(Watch watch) {
        woken.add(watch);
        workSoon();
    }

    private void workSoon() {
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            Loops.execute(loop, work);
        }
    }

    @Override
    public void reportSoon(Topic topic) {
        assert loop.inEventLoop();
        if (topic.reportDue) {
            return;
        }
        topic.reportDue = true;
        toReport.add(topic);
        workSoon();
    }

    @Override
    public void measure(Topic topic) {
        assert loop.inEventLoop();
        if (!topic.measured) {
            topic.measured = true;
            lagging.add(topic);
        }
    }

    @Override
    public void left(Recipient stream, StreamEnd why) {
        assert loop.inEventLoop();
        streams.remove(stream);
        streamCount = streams.size();
        context.cells().add(Counter.SSE_DISCONNECTS, why);
        watched.remove(stream.topics().size());
        topics.remove(stream);
    }

    private void begin(Recipient recipient, ResumePoint point) {
        List<String> names = recipient.topics();
        for (int i = 0; i < names.size(); i++) {
            Watch watch = point.watch(i);
            if (watch == null) {
                topics.add(names.get(i), recipient);
            } else {
                topics.activate(watch).add(recipient, point.from(i), point.head(i));
            }
        }
        streams.add(recipient);
        streamCount = streams.size();
        recipient.flush();
        if (drain != null) {
            drain.add(recipient);
        }
    }

    private void hearNews() {
        topics.hearNews();
    }

    private byte[] opening(byte[] head, Wire wire, ResumePoint point) {
        Notice opening =
                new Notice.Opening(context.times().retryMillis(), point.gap(), point.anchor());
        byte[] body = wire.notice(opening);
        return ByteBuffer.allocate(head.length + body.length).put(head).put(body).array();
    }

    /// What could not be done for want of memory is done a little later.
    private void workOrRepeat() {
        try {
            work();
        } catch (RuntimeException | Error e) {
            faults.note("fan_out_failed", e);
            if (scheduled.compareAndSet(false, true)) {
                loop.schedule(work, TICK_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    /// Walks the topics that have something new, for the time of a slice.
    private void work() {
        scheduled.set(false);
        for (Watch watch = woken.poll(); watch != null; watch = woken.poll()) {
            TopicShard topic = topics.activeOrBegun(watch);
            if (topic != null && !topic.walkDue) {
                topic.walkDue = true;
                toWalk.add(topic);
            }
        }
        report();
        long until = context.nanoTime() + SLICE_NANOS;
        while (!toWalk.isEmpty()) {
            TopicShard topic = toWalk.getFirst();
            if (!topic.walk(until)) {
                break;
            }
            toWalk.removeFirst();
            topics.retireIfIdle(topic);
            if (context.nanoTime() - until >= 0) {
                break;
            }
        }
        if (!toWalk.isEmpty() && scheduled.compareAndSet(false, true)) {
            Loops.inNextTurn(loop, work);
        }
    }

    private void report() {
        for (Topic topic : toReport) {
            topic.reportDue = false;
            topic.report();
        }
        toReport.clear();
    }

    private void tick() {
        long now = context.nanoTime();
        streams.tick(now - lastTickNanos, now);
        lastTickNanos = now;
        if (drain != null) {
            drain.advance(now);
        }
        if (toWalk.isEmpty()) {
            context.batches().clear();
        }
        if (now - beginningVisitedNanos >= BEGINNING_PERIOD_NANOS) {
            beginningVisitedNanos = now;
            beginning.removeIf(subscriber -> subscriber.hasBegun(now));
        }
        measureQueues();
    }

    private void measureQueues() {
        long deepest = 0;
        long total = 0;
        int kept = 0;
        for (Topic topic : lagging) {
            for (Cursor queue : topic.lagging()) {
                deepest = Math.max(deepest, queue.waiting());
                total += queue.waiting();
            }
            topic.measured = !topic.lagging().isEmpty();
            if (topic.measured) {
                topic.report();
                lagging.set(kept++, topic);
            }
        }
        lagging.subList(kept, lagging.size()).clear();
        deepestQueue = deepest;
        totalQueued = total;
    }
}
