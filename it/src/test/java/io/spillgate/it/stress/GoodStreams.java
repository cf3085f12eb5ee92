package io.spillgate.it.stress;

import io.spillgate.it.harness.Await;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Well-behaved event streams of one topic and its steady publisher: each stream must get every
/// event in order, or be told how many it does not get.
///
/// An event's data is its number, which rises by one, and the time at which it was due.
final class GoodStreams {
    static final String TOPIC = "good";

    /// They come from several addresses: a rate limit counts each.
    private static final int HOUSEHOLD = 200;

    private static final int HOUSEHOLDS = 10;
    private static final Pattern DROPPED = Pattern.compile("\"dropped\":([0-9]+)");

    private final Swarm swarm;
    private final Punctuality punctuality;
    private final List<Stream> streams = new ArrayList<>();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicLong told = new AtomicLong();
    private final Publisher publisher = new Publisher();
    private volatile boolean publishing;

    GoodStreams(Swarm swarm, Punctuality punctuality) {
        this.swarm = swarm;
        this.punctuality = punctuality;
    }

    /// Opens the streams, and waits until each has begun.
    void open(InetSocketAddress http, int count) {
        swarm.call(() -> {
            for (int i = 0; i < count; i++) {
                Stream stream = new Stream();
                streams.add(stream);
                swarm.connect(http, Swarm.local(HOUSEHOLD, i % HOUSEHOLDS), 0, stream);
            }
        });
        Await.until("all good streams have begun", () -> all(stream -> stream.begun));
    }

    /// Begins to publish at a steady rate.
    void publish(InetSocketAddress admin, int eventsPerSecond) {
        publisher.periodNanos = TimeUnit.SECONDS.toNanos(1) / eventsPerSecond;
        swarm.call(() -> {
            publisher.nextNanos = System.nanoTime();
            swarm.connect(admin, null, 0, publisher);
        });
        publishing = true;
        swarm.everyTick(publisher::tick);
    }

    /// Publishes no more, and waits until everyone has everything.
    void finish() {
        publishing = false;
        Await.until(
                "each good stream has every event, or was told that it has not",
                () -> publisher.isDone() && all(stream -> stream.last == publisher.published));
    }

    /// Streams that the gateway has ended, which it should never do.
    int ended() {
        return ended.get();
    }

    /// Events of all streams that they were told they do not get.
    long told() {
        return told.get();
    }

    private boolean all(java.util.function.Predicate<Stream> condition) {
        boolean[] result = new boolean[1];
        swarm.call(() -> result[0] = streams.stream().allMatch(condition));
        return result[0];
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// One of them.
    private final class Stream implements Swarm.Client, Feed.Sink {
        private final Feed feed = new Feed(this);
        private boolean begun;
        private long last;
        private long announced;
        private boolean anyNext;

        @Override
        public void connected(Swarm.Link link) {
            link.send(bytes("GET /events/" + TOPIC + " HTTP/1.1\r\nHost: test\r\n\r\n"));
        }

        @Override
        public void received(Swarm.Link link, byte[] bytes, int count) {
            begun = true;
            feed.take(bytes, count);
        }

        @Override
        public void ended(Swarm.Link link) {
            ended.incrementAndGet();
        }

        @Override
        public void id(String id) {}

        @Override
        public void event(@Nullable String id, @Nullable String type, String data) {
            if ("stream-gap".equals(type)) {
                Matcher dropped = DROPPED.matcher(data);
                anyNext |= !dropped.find();
                announced += anyNext ? 0 : Long.parseLong(dropped.group(1));
                return;
            }
            int space = data.indexOf(' ');
            long number = Long.parseLong(data.substring(0, space));
            if (anyNext ? number <= last : number != last + 1 + announced) {
                throw new AssertionError(
                        number + " after " + last + ", told to be missing: " + announced);
            }
            for (long missing = last + 1; missing < number; missing++) {
                told.incrementAndGet();
                punctuality.failed("told to be missing");
            }
            punctuality.came(Long.parseLong(data.substring(space + 1)), System.nanoTime());
            last = number;
            announced = 0;
            anyNext = false;
        }
    }

    /// Publishes over one connection, one event after the other, however late it is.
    private final class Publisher implements Swarm.Client {
        private final ArrayDeque<Long> due = new ArrayDeque<>();
        private final Replies replies = new Replies(this::answered);
        private Swarm.@Nullable Link link;
        private long periodNanos;
        private long nextNanos;
        private long published;
        private boolean waits;

        boolean isDone() {
            boolean[] done = new boolean[1];
            swarm.call(() -> done[0] = due.isEmpty() && !waits);
            return done[0];
        }

        void tick(long nowNanos) {
            while (publishing && nowNanos >= nextNanos) {
                due.add(nextNanos);
                nextNanos += periodNanos;
            }
            next();
        }

        private void next() {
            if (link == null || waits || due.isEmpty()) {
                return;
            }
            waits = true;
            String data = (published + 1) + " " + due.element();
            link.send(
                    bytes(
                            "POST /events/%s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
                                    .formatted(TOPIC, data.length(), data)));
        }

        /// One that was refused is published again, with its number and its time.
        private void answered(int status) {
            waits = false;
            if (status == 200) {
                published++;
                due.remove();
                next();
            } else {
                punctuality.failed("publish answered " + status);
            }
        }

        @Override
        public void connected(Swarm.Link connected) {
            link = connected;
        }

        @Override
        public void received(Swarm.Link from, byte[] bytes, int count) {
            replies.take(bytes, count);
        }

        @Override
        public void ended(Swarm.Link from) {
            throw new AssertionError("the admin listener has ended a publisher's connection");
        }
    }
}
