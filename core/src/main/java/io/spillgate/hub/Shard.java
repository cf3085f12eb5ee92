package io.spillgate.hub;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.spillgate.log.EventLog;
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
import io.spillgate.net.Transport;
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
public final class Shard {
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long TICK_MILLIS = 50;
    private static final long BEGINNING_PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /// An age beyond this is that of a clock that is wrong, not of an event.
    private static final long LONGEST_LATENCY_NANOS = TimeUnit.DAYS.toNanos(1);

    private static final int COPY_BUFFER_BYTES = 64 * 1024;

    private final EventLoop loop;
    private final LoopMeter meter;
    private final WallClock clock;
    private final Faults faults;
    private final Runnable work;
    private final Transport transport;
    private final Logs logs;
    private final Cells cells;
    private final Reader reader;
    private final WatchedTopics watched;
    private final Topics topics = new Topics(this);
    private final Queue<Watch> woken = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final ArrayDeque<TopicShard> toWalk = new ArrayDeque<>();
    private final List<TopicShard> toReport = new ArrayList<>();
    private final List<TopicShard> lagging = new ArrayList<>();
    private final List<Subscriber> beginning = new ArrayList<>();
    private final Batches batches = new Batches();
    private final ByteBuffer copyBuffer = ByteBuffer.allocateDirect(COPY_BUFFER_BYTES);
    private Sweep<Subscriber> streams;
    private StreamTimes times;
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
            Transport transport,
            Logs logs,
            Cells cells,
            StreamTimes times,
            WatchedTopics watched) {
        this.loop = loop;
        this.meter = meter;
        this.clock = clock;
        this.faults = faults;
        work = meter.as(Work.FAN_OUT, this::workOrRepeat);
        this.transport = transport;
        this.logs = logs;
        this.cells = cells;
        this.times = times;
        this.watched = watched;
        streams = new Sweep<>(times.visitPeriodNanos());
        reader = logs.reader(this::wake);
    }

    /// The loop that all of this belongs to.
    public EventLoop loop() {
        return loop;
    }

    /// Who delivers here, for whom a [ResumePoint] is found.
    public Reader reader() {
        return reader;
    }

    /// Opens a stream, and writes the head and what is to be replayed: its topics were joined
    /// before, so nothing that is published in between is missed.
    ///
    /// @param head the response head, before the stream's first bytes
    /// @param wire how events look on it
    /// @param names the topics, for which [WatchedTopics#tryAdd] has made room
    /// @param point where the stream begins, found in this turn of the loop for [#reader]
    /// @param began run once: when the head and the replay are written, the channel is closed, or
    ///   the socket takes nothing of them for `hub.stall_timeout`
    public Subscriber open(
            Channel channel,
            byte[] head,
            Wire wire,
            List<String> names,
            ResumePoint point,
            Runnable began) {
        assert loop.inEventLoop();
        byte[] opening = opening(head, wire, point);
        Subscriber subscriber = new Subscriber(this, channel, wire, opening, names, began);
        for (int i = 0; i < names.size(); i++) {
            Watch watch = point.watch(i);
            if (watch == null) {
                topics.add(names.get(i), subscriber);
            } else {
                topics.activate(watch).add(subscriber, point.from(i), point.head(i));
            }
        }
        streams.add(subscriber);
        streamCount = streams.size();
        subscriber.flush();
        if (!subscriber.hasBegun(nanoTime())) {
            beginning.add(subscriber);
        }
        if (drain != null) {
            drain.add(subscriber);
        }
        return subscriber;
    }

    /// Begins to look after the streams. Called once, on the loop.
    void start() {
        assert loop.inEventLoop();
        lastTickNanos = nanoTime();
        loop.scheduleAtFixedRate(
                faults.periodic(meter.as(Work.FAN_OUT, this::tick)),
                TICK_MILLIS,
                TICK_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /// Called on the loop.
    void times(StreamTimes changed) {
        assert loop.inEventLoop();
        times = changed;
        Sweep<Subscriber> moved = new Sweep<>(changed.visitPeriodNanos());
        streams.members().forEach(moved::add);
        streams = moved;
    }

    /// Ends all streams, spread over a time. Called on the loop.
    void drain(long spreadNanos) {
        assert loop.inEventLoop();
        if (drain == null) {
            drain = new StreamDrain(streams.members(), nanoTime(), spreadNanos);
            drain.advance(nanoTime());
        }
    }

    /// Closes all streams at once. Called on the loop.
    void abort() {
        assert loop.inEventLoop();
        streams.members().forEach(Subscriber::abort);
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

    LoopMeter meter() {
        return meter;
    }

    Faults faults() {
        return faults;
    }

    Transport transport() {
        return transport;
    }

    Logs logs() {
        return logs;
    }

    Cells cells() {
        return cells;
    }

    StreamTimes times() {
        return times;
    }

    ByteBuffer copyBuffer() {
        return copyBuffer;
    }

    long nanoTime() {
        return meter.nanoTime().getAsLong();
    }

    /// The heads of logs at one moment; false when there is news first.
    boolean heads(EventLog[] all, long[] heads) {
        return logs.heads(reader, all, heads);
    }

    Topics topics() {
        return topics;
    }

    /// A topic has something new. Called on any thread.
    private void wake(Watch watch) {
        woken.add(watch);
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            loop.execute(work);
        }
    }

    /// Has a topic reported to the logs before long, once however often this is called.
    void reportSoon(TopicShard topic) {
        if (topic.reportDue) {
            return;
        }
        topic.reportDue = true;
        toReport.add(topic);
        if (scheduled.compareAndSet(false, true)) {
            loop.execute(work);
        }
    }

    /// A queue that publishers may wait for has moved on.
    void progressed(Cursor queue) {
        if (queue.listed && logs.hasWaiting(queue.log())) {
            reportSoon(queue.topic());
        }
    }

    /// Somebody lags in a topic: its queues are measured until nobody does.
    void measure(TopicShard topic) {
        if (!topic.measured) {
            topic.measured = true;
            lagging.add(topic);
        }
    }

    /// A stream could not be brought what is new; it is cut, so that its client comes back for it.
    void failed(Subscriber subscriber, Throwable cause) {
        subscriber.broken();
        faults.close(subscriber.channel(), cause);
    }

    void sent(long bytes) {
        cells.add(Counter.BYTES_SENT, bytes);
    }

    /// @param epochNanos when the first of the events was published, perhaps by another clock
    void delivered(long epochNanos, int events) {
        cells.add(Counter.MESSAGES_SENT, events);
        long age = Math.clamp(clock.epochNanos() - epochNanos, 0, LONGEST_LATENCY_NANOS);
        cells.deliveryLatency(age, events);
    }

    Batches batches() {
        return batches;
    }

    void leave(Subscriber subscriber, StreamEnd reason) {
        assert loop.inEventLoop();
        streams.remove(subscriber);
        streamCount = streams.size();
        cells.add(Counter.SSE_DISCONNECTS, reason);
        watched.remove(subscriber.topics().size());
        topics.remove(subscriber);
    }

    private byte[] opening(byte[] head, Wire wire, ResumePoint point) {
        Notice opening = new Notice.Opening(times.retryMillis(), point.gap(), point.anchor());
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
        long until = nanoTime() + SLICE_NANOS;
        while (!toWalk.isEmpty()) {
            TopicShard topic = toWalk.getFirst();
            if (!topic.walk(until)) {
                break;
            }
            toWalk.removeFirst();
            topics.retireIfIdle(topic);
            if (nanoTime() - until >= 0) {
                break;
            }
        }
        if (!toWalk.isEmpty() && scheduled.compareAndSet(false, true)) {
            Loops.inNextTurn(loop, work);
        }
    }

    private void report() {
        for (TopicShard topic : toReport) {
            topic.reportDue = false;
            topic.report();
        }
        toReport.clear();
    }

    private void tick() {
        long now = nanoTime();
        streams.tick(now - lastTickNanos, now);
        lastTickNanos = now;
        if (drain != null) {
            drain.advance(now);
        }
        if (toWalk.isEmpty()) {
            batches.clear();
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
        for (TopicShard topic : lagging) {
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
