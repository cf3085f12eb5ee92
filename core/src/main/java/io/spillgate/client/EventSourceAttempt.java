package io.spillgate.client;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.concurrent.Future;
import io.spillgate.client.pool.Call;
import io.spillgate.client.pool.Failure;
import io.spillgate.client.pool.Pool;
import io.spillgate.client.pool.PoolFailure;
import io.spillgate.client.pool.PoolRequest;
import io.spillgate.client.pool.Receiver;
import io.spillgate.config.Durations;
import io.spillgate.sse.EventStreamParser;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One connection of an event source. Confined to the loop of the source.
final class EventSourceAttempt implements Receiver, EventStreamParser.ClientSink {
    private static final long REFUSAL_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final EventSource source;
    private final EventSourceSettings settings;
    private final EventStreamParser parser;
    private List<ServerSentEvent> events = new ArrayList<>();
    private @Nullable Call call;
    private @Nullable EventSourceRefusal refusal;
    private @Nullable Future<?> timer;
    private boolean streaming;
    private boolean paused;
    private boolean over;
    private long heardNanos;

    EventSourceAttempt(EventSource source, EventSourceSettings settings, String lastEventId) {
        this.source = source;
        this.settings = settings;
        parser = EventStreamParser.forClient(settings.maxEventBytes(), lastEventId, this);
    }

    void start(Pool pool, PoolRequest request) {
        assert source.loop().inEventLoop();
        call = pool.send(source.loop(), request, this);
    }

    /// Pauses or continues the stream.
    void read(boolean more) {
        assert source.loop().inEventLoop();
        paused = !more;
        heardNanos = source.nowNanos();
        if (call != null) {
            call.read(more);
        }
    }

    /// Is not wanted any more; the source hears nothing more from it.
    void cancel() {
        assert source.loop().inEventLoop();
        finish();
        if (call != null) {
            call.cancel();
        }
    }

    @Override
    public void writable(boolean writable) {
        throw new IllegalStateException("only a streamed body is told");
    }

    @Override
    public void interim(int status, HttpHeaders headers) {
        // Says nothing about the stream.
    }

    @Override
    public void head(int status, String reason, HttpHeaders headers) {
        assert source.loop().inEventLoop();
        if (EventSourceRefusal.isEventStream(status, headers)) {
            String encoding = EventSourceRefusal.encoding(headers);
            if (!encoding.isEmpty()) {
                unreadable(
                        "its Content-Encoding is "
                                + encoding
                                + ", which was not asked for; event streams have to be excepted"
                                + " from what compresses there");
                return;
            }
            streaming = true;
            heardNanos = source.nowNanos();
            source.opened(headers);
            watch(Durations.nanos(settings.readTimeout()));
            return;
        }
        refusal = new EventSourceRefusal(settings.url().toString(), status, headers);
        timer = after(REFUSAL_PATIENCE_NANOS, this::refused);
    }

    @Override
    public void content(ByteBuf piece) {
        if (refusal != null) {
            if (!refusal.add(piece)) {
                refused();
            }
            return;
        }
        heardNanos = source.nowNanos();
        parser.feed(piece);
    }

    @Override
    public void flush() {
        assert source.loop().inEventLoop();
        if (!streaming || over) {
            return;
        }
        passOn();
        String error = parser.error();
        if (error != null) {
            unreadable(error);
        }
    }

    @Override
    public void end(HttpHeaders trailers, boolean requestSent) {
        if (refusal != null) {
            refused();
            return;
        }
        flush();
        interrupted("the stream ended");
    }

    @Override
    public void failed(Failure failure) {
        if (refusal != null) {
            refused();
            return;
        }
        flush();
        if (failure.cause() == PoolFailure.CLOSED) {
            finish();
            source.end(new EventSourceEnd(EventSourceEnd.Cause.CLOSED, 0, failure.message()));
            return;
        }
        String what =
                streaming ? "the connection broke: " : "cannot reach " + settings.url() + ": ";
        interrupted(what + failure.message() + " (" + failure.cause() + ")");
    }

    @Override
    public void event(
            String type, String data, String lastEventId, boolean hasId, @Nullable String topic) {
        events.add(new ServerSentEvent(type, data, lastEventId, hasId, topic));
    }

    @Override
    public void retry(long millis) {
        source.retry(millis);
    }

    private void passOn() {
        source.lastEventId(parser.lastEventId());
        if (!events.isEmpty()) {
            source.deliver(events);
            events = new ArrayList<>();
        }
    }

    private void interrupted(String reason) {
        if (!over) {
            finish();
            source.interrupted(reason, Duration.ZERO);
        }
    }

    private void unreadable(String why) {
        cancel();
        source.end(
                new EventSourceEnd(
                        EventSourceEnd.Cause.UNREADABLE, 200, "cannot read the stream: " + why));
    }

    private void refused() {
        EventSourceRefusal answer = refusal;
        if (over || answer == null) {
            return;
        }
        cancel();
        if (answer.isPassing() && settings.retriesErrors()) {
            source.interrupted(answer.reason(), answer.atLeast(source.epochMillis()));
        } else {
            source.end(answer.end());
        }
    }

    private void finish() {
        over = true;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /// Looks again when the silence may have lasted too long. A stream that we paused is not
    /// silent.
    private void watch(long nanos) {
        if (nanos < Long.MAX_VALUE) {
            timer = after(nanos, this::checkSilence);
        }
    }

    private void checkSilence() {
        long limit = Durations.nanos(settings.readTimeout());
        long silent = paused ? 0 : source.nowNanos() - heardNanos;
        if (silent < limit) {
            watch(limit - silent);
            return;
        }
        cancel();
        source.interrupted(
                "nothing came for " + Durations.format(settings.readTimeout()), Duration.ZERO);
    }

    private Future<?> after(long nanos, Runnable task) {
        return source.loop().schedule(task, nanos, TimeUnit.NANOSECONDS);
    }
}
