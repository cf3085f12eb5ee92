package io.spillgate.client;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.concurrent.Future;
import io.spillgate.client.EventSourceEnd.Cause;
import io.spillgate.client.pool.Body;
import io.spillgate.client.pool.Pool;
import io.spillgate.client.pool.PoolRequest;
import io.spillgate.client.pool.Target;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// A subscription to one event stream that comes back after every interruption, with the id of the
/// last event. Thread safe.
///
/// ```
///              200, event stream           end, failure, silence
/// CONNECTING ─────────────────▶ STREAMING ─────────────────────▶ WAITING
///  │  ▲   └──── no connection, 429, 5xx ───────────────────────▶    │
///  │  └──────────────────────── delay over, reconnect() ────────────┘
///  └─ 204, another answer ─▶ ENDED ◀─ close(), an event too long ─ any state
/// ```
///
/// Lives on one loop of its client. A listener that is slow pauses the connection, so that at most
/// some hundred KiB of events and one unfinished event wait here. Each open stream is one of its
/// pool's (`max-streams`) for as long as it lasts. Redirects are not followed.
///
/// Source: WHATWG HTML section 9.2.
public final class EventSource implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventSource.class);

    private static final int PAUSE_BYTES = 64 * 1024;
    private static final int CONTINUE_BYTES = 32 * 1024;
    private static final int EVENT_BYTES = 64;

    private final HttpClient http;
    private final EventSourceSettings settings;
    private final EventSourceListener listener;
    private final Target target;
    private final EventLoop loop;
    private final EventSourceDelivery delivery;

    /// The listener hears no event any more.
    private volatile boolean closed;

    // Of the loop.
    private final EventSourceDelay delay;
    private @Nullable EventSourceAttempt attempt;
    private @Nullable Future<?> waiting;
    private String lastEventId;
    private int failures;
    private long undeliveredBytes;
    private boolean paused;

    /// A try that waits for the listener.
    private boolean due;

    private boolean ended;

    EventSource(HttpClient http, EventSourceSettings settings, EventSourceListener listener) {
        this.http = http;
        this.settings = settings;
        this.listener = listener;
        target = Target.of(settings.url());
        loop = http.loop();
        Executor executor = settings.executor();
        delivery = new EventSourceDelivery(executor == null ? loop : executor, this::undeliverable);
        delay =
                new EventSourceDelay(
                        settings.firstRetry(),
                        settings.longestRetry(),
                        RandomGenerator.getDefault());
        lastEventId = settings.lastEventId();
    }

    /// Begins to build an event source.
    ///
    /// @param url of the stream, `http` or `https`
    public static EventSourceBuilder of(URI url) {
        return new EventSourceBuilder(url);
    }

    /// Connects now if it waits for its next try; else does nothing.
    public void reconnect() {
        onLoop(() -> {
            if (waiting != null && waiting.cancel(false)) {
                connect();
            }
        });
    }

    /// Ends the stream. No event is told any more, but the one that the listener is at; then
    /// [EventSourceListener#ended].
    @Override
    public void close() {
        closed = true;
        onLoop(() -> end(new EventSourceEnd(Cause.CLOSED, 0, "closed")));
    }

    void start() {
        http.keep(this);
        onLoop(this::connect);
    }

    EventLoop loop() {
        return loop;
    }

    /// The present, by the clock of its loop's timers.
    long nowNanos() {
        return loop.ticker().nanoTime();
    }

    /// The time of day, in milliseconds since 1970.
    long epochMillis() {
        return http.epochMillis();
    }

    void opened(HttpHeaders headers) {
        failures = 0;
        delivery.hand(() -> tell(() -> listener.opened(headers)));
    }

    void retry(long millis) {
        delay.asked(millis);
    }

    void lastEventId(String id) {
        lastEventId = id;
    }

    /// Hands events on, and pauses the connection when too much is on its way to the listener.
    void deliver(List<ServerSentEvent> events) {
        long bytes = 0;
        for (ServerSentEvent event : events) {
            bytes += EVENT_BYTES + event.data().length();
        }
        long cost = bytes;
        undeliveredBytes += cost;
        if (undeliveredBytes > PAUSE_BYTES) {
            pause(true);
        }
        delivery.hand(() -> {
            events.forEach(event -> tell(() -> listener.event(event)));
            tell(listener::flush);
            onLoop(() -> delivered(cost));
        });
    }

    /// The attempt is over; there will be another one.
    ///
    /// @param atLeast the shortest wait
    void interrupted(String reason, Duration atLeast) {
        if (ended) {
            return;
        }
        attempt = null;
        if (loop.isShuttingDown()) {
            end(new EventSourceEnd(Cause.CLOSED, 0, "the client's loops are closed"));
            return;
        }
        Duration wait = delay.next(failures, atLeast);
        waiting = loop.schedule(this::connect, wait.toMillis(), TimeUnit.MILLISECONDS);
        delivery.hand(() -> tell(() -> listener.interrupted(reason, wait)));
    }

    /// There will be no other attempt.
    void end(EventSourceEnd end) {
        if (ended) {
            return;
        }
        ended = true;
        if (waiting != null) {
            waiting.cancel(false);
        }
        if (attempt != null) {
            attempt.cancel();
            attempt = null;
        }
        http.forget(this);
        delivery.hand(() -> {
            closed = true;
            callListener(() -> listener.ended(end));
        });
    }

    private void connect() {
        waiting = null;
        due = paused;
        if (ended || due) {
            return;
        }
        failures++;
        String destination = settings.destination();
        Optional<Pool> pool =
                destination == null
                        ? http.pools().host(target)
                        : http.pools().destination(destination);
        if (pool.isEmpty()) {
            String whose = destination == null ? target.toString() : destination;
            interrupted("there is no pool for " + whose, Duration.ZERO);
            return;
        }
        attempt = new EventSourceAttempt(this, settings, lastEventId);
        attempt.start(pool.get(), request());
    }

    private PoolRequest request() {
        HttpHeaders headers = Request.copy(settings.headers());
        if (!headers.contains(HttpHeaderNames.HOST)) {
            headers.set(HttpHeaderNames.HOST, target.authority());
        }
        headers.set(HttpHeaderNames.ACCEPT, HttpHeaderValues.TEXT_EVENT_STREAM);
        headers.set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_CACHE);
        String path = Request.target(settings.url());
        String parameter = settings.resumeParameter();
        boolean plain = lastEventId.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (!plain && parameter != null) {
            String id = URLEncoder.encode(lastEventId, StandardCharsets.UTF_8).replace("+", "%20");
            path += (path.indexOf('?') < 0 ? "?" : "&") + parameter + "=" + id;
        } else if (!lastEventId.isEmpty()
                && lastEventId.chars().noneMatch(Character::isISOControl)) {
            headers.set("Last-Event-ID", utf8(lastEventId));
        }
        return new PoolRequest("GET", path, headers, Body.NONE, null, true);
    }

    /// The bytes of UTF-8 as the characters that a header is written from.
    private static String utf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private void delivered(long bytes) {
        undeliveredBytes -= bytes;
        if (undeliveredBytes <= CONTINUE_BYTES) {
            pause(false);
        }
    }

    private void pause(boolean pauses) {
        if (paused == pauses) {
            return;
        }
        paused = pauses;
        if (attempt != null) {
            attempt.read(!pauses);
        } else if (due) {
            connect();
        }
    }

    private void tell(Runnable call) {
        if (!closed) {
            callListener(call);
        }
    }

    private void callListener(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            LOG.error("event_source_listener_failed url={}", settings.url(), e);
            closed = true;
            onLoop(() -> end(new EventSourceEnd(Cause.LISTENER, 0, "the listener failed: " + e)));
        }
    }

    private void undeliverable() {
        closed = true;
        onLoop(() -> end(new EventSourceEnd(Cause.LISTENER, 0, "its executor is shut down")));
    }

    private void onLoop(Runnable task) {
        try {
            HttpClient.onLoop(loop, task);
        } catch (RejectedExecutionException e) {
            LOG.debug("event_source_over url={}: the client's loops are closed", settings.url());
        }
    }
}
