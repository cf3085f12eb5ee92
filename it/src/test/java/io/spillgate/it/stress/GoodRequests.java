package io.spillgate.it.stress;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Well-behaved requests at a steady rate, however the ones before fare: health checks over kept
/// and over new connections, proxied requests, and publications with a token.
final class GoodRequests {
    static final String TOKEN = "a-good-token";

    private static final int MOST_CONNECTIONS = 300;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final String[] KINDS = {"health", "proxied", "publish", "new connection"};
    private static final String[] REQUESTS = {
        "GET /health HTTP/1.1\r\nHost: test\r\n\r\n",
        "GET /api/x HTTP/1.1\r\nHost: test\r\n\r\n",
        "POST /events/other HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer "
                + TOKEN
                + "\r\nContent-Length: 2\r\n\r\nhi",
        "GET /health HTTP/1.1\r\nHost: test\r\n\r\n",
    };

    private final Swarm swarm;
    private final InetSocketAddress http;
    private final Punctuality punctuality;
    private final long periodNanos;
    private final ArrayDeque<Visitor> idle = new ArrayDeque<>();
    private final List<Visitor> busy = new ArrayList<>();
    private boolean running;
    private long nextNanos;
    private int next;

    GoodRequests(
            Swarm swarm, InetSocketAddress http, int requestsPerSecond, Punctuality punctuality) {
        this.swarm = swarm;
        this.http = http;
        this.punctuality = punctuality;
        periodNanos = TimeUnit.SECONDS.toNanos(1) / requestsPerSecond;
    }

    void start() {
        swarm.call(() -> {
            nextNanos = System.nanoTime();
            running = true;
        });
        swarm.everyTick(this::tick);
    }

    /// Asks no more.
    void stop() {
        swarm.call(() -> running = false);
    }

    /// Whether every request has its answer, or was given up.
    boolean isDone() {
        boolean[] done = new boolean[1];
        swarm.call(() -> done[0] = busy.isEmpty());
        return done[0];
    }

    /// Closes the connections.
    void leave() {
        swarm.call(() -> {
            for (Visitor visitor : idle) {
                visitor.link.close();
            }
            idle.clear();
        });
    }

    private void tick(long nowNanos) {
        while (running && nowNanos >= nextNanos) {
            ask(next++ % KINDS.length, nextNanos);
            nextNanos += periodNanos;
        }
        for (Visitor visitor : List.copyOf(busy)) {
            if (nowNanos - visitor.dueNanos > PATIENCE_NANOS) {
                visitor.fail("no answer");
                visitor.link.reset();
            }
        }
    }

    private void ask(int kind, long dueNanos) {
        Visitor kept = kind == 3 ? null : idle.poll();
        if (kept == null && busy.size() + idle.size() >= MOST_CONNECTIONS) {
            punctuality.failed(KINDS[kind] + ": too many wait already");
            return;
        }
        Visitor visitor = kept == null ? new Visitor() : kept;
        visitor.ask(kind, dueNanos);
    }

    /// A connection, with at most one request.
    private final class Visitor implements Swarm.Client {
        private final Replies replies = new Replies(this::answered);
        private final Swarm.Link link = swarm.connect(http, null, 0, this);
        private int kind;
        private long dueNanos;

        void ask(int newKind, long newDueNanos) {
            kind = newKind;
            dueNanos = newDueNanos;
            busy.add(this);
            link.send(GoodStreams.bytes(REQUESTS[kind]));
        }

        void fail(String why) {
            busy.remove(this);
            punctuality.failed(KINDS[kind] + ": " + why);
        }

        private void answered(int status) {
            if (status != 200) {
                fail("answered " + status);
            } else {
                busy.remove(this);
                punctuality.came(dueNanos, System.nanoTime());
            }
            if (kind == 3 || status != 200) {
                link.close();
            } else {
                idle.push(this);
            }
        }

        @Override
        public void connected(Swarm.Link connected) {}

        @Override
        public void received(Swarm.Link from, byte[] bytes, int count) {
            replies.take(bytes, count);
        }

        @Override
        public void ended(Swarm.Link from) {
            idle.remove(this);
            if (busy.contains(this)) {
                fail("connection ended");
            }
        }
    }
}
