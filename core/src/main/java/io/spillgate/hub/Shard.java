package io.spillgate.hub;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.spillgate.broker.Broker;
import io.spillgate.broker.ResumePoint;
import io.spillgate.broker.Watch;
import io.spillgate.metrics.Cells;
import io.spillgate.metrics.Counter;
import io.spillgate.metrics.StreamEnd;
import io.spillgate.net.LoopMeter;
import io.spillgate.net.Loops;
import io.spillgate.net.Sweep;
import io.spillgate.net.Transport;
import io.spillgate.net.Work;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
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
    private static final int COPY_BUFFER_BYTES = 64 * 1024;

    private final EventLoop loop;
    private final LoopMeter meter;
    private final Runnable work;
    private final Transport transport;
    private final Broker broker;
    private final Cells cells;
    private final Map<String, TopicShard> topics = new HashMap<>();
    private final Queue<TopicShard> woken = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final ArrayDeque<TopicShard> toWalk = new ArrayDeque<>();
    private final List<TopicShard> toReport = new ArrayList<>();
    private final Run fresh = new Run();
    private final Run older = new Run();
    private final ByteBuffer copyBuffer = ByteBuffer.allocateDirect(COPY_BUFFER_BYTES);
    private Sweep<Subscriber> streams;
    private StreamTimes times;
    private @Nullable StreamDrain drain;
    private long lastTickNanos;
    private volatile int streamCount;
    private volatile long deepestQueue;
    private volatile long totalQueued;

    Shard(
            EventLoop loop,
            LoopMeter meter,
            Transport transport,
            Broker broker,
            Cells cells,
            StreamTimes times) {
        this.loop = loop;
        this.meter = meter;
        work = meter.as(Work.FAN_OUT, this::work);
        this.transport = transport;
        this.broker = broker;
        this.cells = cells;
        this.times = times;
        streams = new Sweep<>(times.visitPeriodNanos());
    }

    /// The loop that all of this belongs to.
    public EventLoop loop() {
        return loop;
    }

    /// Opens a stream: joins the topics first and writes the head and what is to be replayed then,
    /// so that nothing published in between is missed.
    ///
    /// @param head the response head, before the stream's first bytes
    /// @param chunked whether the body has chunked coding
    /// @param lastEventId what the client got last; null or empty when it is new
    /// @param began run once, when the head and the replay are written or the channel is closed
    public Subscriber join(
            Channel channel,
            byte[] head,
            boolean chunked,
            List<String> names,
            @Nullable String lastEventId,
            Runnable began) {
        assert loop.inEventLoop();
        List<TopicShard> joined = names.stream().map(this::topic).toList();
        List<Watch> watches = joined.stream().map(TopicShard::watch).toList();
        ResumePoint point = broker.locate(watches, lastEventId);
        Subscription[] queues = new Subscription[joined.size()];
        for (int i = 0; i < queues.length; i++) {
            queues[i] = new Subscription(joined.get(i), point.from(i), point.head(i));
        }
        Subscriber subscriber =
                new Subscriber(
                        this, channel, chunked, opening(head, chunked, point), queues, began);
        for (Subscription queue : queues) {
            queue.topic().add(subscriber, queue);
        }
        streams.add(subscriber);
        streamCount = streams.size();
        subscriber.flush();
        if (drain != null) {
            drain.add(subscriber);
        }
        return subscriber;
    }

    /// Begins to look after the streams regularly. Called once, on the loop.
    void start() {
        lastTickNanos = nanoTime();
        loop.scheduleAtFixedRate(
                meter.as(Work.FAN_OUT, this::tick),
                TICK_MILLIS,
                TICK_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /// Takes over changed times. Called on the loop.
    void times(StreamTimes changed) {
        times = changed;
        Sweep<Subscriber> moved = new Sweep<>(changed.visitPeriodNanos());
        streams.members().forEach(moved::add);
        streams = moved;
    }

    /// Ends all streams, spread over a time. Called on the loop.
    void drain(long spreadNanos) {
        if (drain == null) {
            drain = new StreamDrain(streams.members(), nanoTime(), spreadNanos);
            drain.advance(nanoTime());
        }
    }

    /// Closes all streams at once. Called on the loop.
    void abort() {
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

    Transport transport() {
        return transport;
    }

    Broker broker() {
        return broker;
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
        return System.nanoTime();
    }

    /// A topic has something new. Called on any thread.
    void wake(TopicShard topic) {
        woken.add(topic);
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            loop.execute(work);
        }
    }

    /// Has a topic reported to the broker before long, once however often this is called.
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
    void progressed(Subscription queue) {
        if (queue.listed && queue.log().hasWaiters()) {
            reportSoon(queue.topic());
        }
    }

    void sent(long bytes) {
        cells.add(Counter.BYTES_SENT, bytes);
    }

    void delivered(long publishedNanos, int events) {
        cells.add(Counter.MESSAGES_SENT, events);
        cells.deliveryLatency(nanoTime() - publishedNanos, events);
    }

    /// The events from the next one of a queue on, laid out for a write; valid until the next call.
    Run run(Subscription queue, long end, boolean chunked) {
        long from = queue.next();
        if (fresh.covers(queue.log(), from, end, chunked)) {
            return fresh;
        }
        if (older.covers(queue.log(), from, end, chunked)) {
            return older;
        }
        Run run = queue.isBehind() ? older : fresh;
        run.assemble(queue.log(), from, end, chunked);
        return run;
    }

    void leave(Subscriber subscriber, StreamEnd reason) {
        streams.remove(subscriber);
        streamCount = streams.size();
        cells.ended(reason);
        for (Subscription queue : subscriber.merge().subscriptions()) {
            TopicShard topic = queue.topic();
            topic.remove(queue);
            if (topic.isEmpty()) {
                topics.remove(topic.log().topic(), topic);
                broker.unwatch(topic.watch());
            }
        }
    }

    private TopicShard topic(String name) {
        return topics.computeIfAbsent(name, key -> new TopicShard(this, key));
    }

    private byte[] opening(byte[] head, boolean chunked, ResumePoint point) {
        long retryMillis = spread(times.retryNanos());
        String text = StreamText.opening(retryMillis, point.gap(), point.anchor());
        byte[] body = StreamText.framed(text, chunked);
        return ByteBuffer.allocate(head.length + body.length).put(head).put(body).array();
    }

    /// Between half and one and a half of a time, in milliseconds, so that clients do not come back
    /// all at once.
    private static long spread(long nanos) {
        long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
        return ThreadLocalRandom.current().nextLong(millis - millis / 2, millis + millis / 2 + 1);
    }

    /// Walks the topics that have something new, for the time of a slice.
    private void work() {
        scheduled.set(false);
        for (TopicShard topic = woken.poll(); topic != null; topic = woken.poll()) {
            if (!topic.walkDue) {
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
            fresh.clear();
            older.clear();
        }
        measureQueues();
    }

    private void measureQueues() {
        long deepest = 0;
        long total = 0;
        for (TopicShard topic : topics.values()) {
            for (Subscription queue : topic.lagging()) {
                deepest = Math.max(deepest, queue.waiting());
                total += queue.waiting();
            }
            if (!topic.lagging().isEmpty()) {
                topic.report();
            }
        }
        deepestQueue = deepest;
        totalQueued = total;
    }
}
