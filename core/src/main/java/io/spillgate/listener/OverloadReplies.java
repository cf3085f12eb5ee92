package io.spillgate.listener;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AsciiString;
import io.spillgate.admission.Permit;
import io.spillgate.admission.Shed;
import io.spillgate.config.BackpressureConfig;
import io.spillgate.config.Durations;
import io.spillgate.config.GatewayConfig;
import io.spillgate.http.Response;
import io.spillgate.metrics.Counter;
import io.spillgate.sse.EventStreamType;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// How overload is told to clients.
///
/// @param soft whether subscribers get an empty stream instead of an error
/// @param named whether refusals name what refused
/// @param measured whether `Retry-After` is measured
/// @param countsStreams whether an event stream counts for life
/// @param retryMillis the least time after which a subscriber that was refused softly comes back
record OverloadReplies(
        boolean soft, boolean named, boolean measured, boolean countsStreams, long retryMillis) {
    private static final AsciiString HEADER = AsciiString.cached("X-Spillgate-Shed");
    private static final AsciiString CACHE_CONTROL = AsciiString.cached("Cache-Control");
    private static final byte[] BUSY = "Service Busy".getBytes(StandardCharsets.UTF_8);

    static OverloadReplies of(GatewayConfig config) {
        BackpressureConfig backpressure = config.server().backpressure();
        return new OverloadReplies(
                backpressure.softRefusal(),
                backpressure.shedHeader(),
                backpressure.measuredRetryAfter(),
                backpressure.countEventStreams(),
                TimeUnit.NANOSECONDS.toMillis(Durations.nanos(config.hub().retry())));
    }

    /// Whether a refusal of this request is an empty stream: it asks for one, as a browser's
    /// EventSource does.
    boolean softens(HttpRequest head) {
        return soft
                && head.method().equals(HttpMethod.GET)
                && EventStreamType.isNamed(head.headers().getAll(HttpHeaderNames.ACCEPT));
    }

    /// Admission refused a request (react-server for the phrase and the body).
    Response busy(Shed shed) {
        Response answer =
                Response.of(503, Response.TEXT, BUSY)
                        .phrased("Service Busy")
                        .retryAfter(shed.retryAfterSeconds());
        return named(answer, () -> gate(shed));
    }

    /// An empty stream that asks to come back. A browser's EventSource gives up for ever after any
    /// status but 200 (WHATWG HTML section 9.2.3).
    ///
    /// @param seconds after which coming back is worth it
    Response softly(int seconds, Supplier<String> gate) {
        long least = Math.max(retryMillis, TimeUnit.SECONDS.toMillis(seconds));
        long millis = ThreadLocalRandom.current().nextLong(least, 2 * least + 1);
        String stream = "retry: " + millis + "\n\n: busy\n\n";
        return named(
                Response.of(200, Response.EVENT_STREAM, stream).with(CACHE_CONTROL, "no-cache"),
                gate);
    }

    /// The same answer, with the name of what refused where that is wanted and it is a refusal for
    /// overload.
    ///
    /// @param gate asked only then
    Response named(Response answer, Supplier<String> gate) {
        boolean overload =
                answer.status() == 503 || answer.status() == 429 || answer.status() == 200;
        return named && overload && !answer.fields().contains(HEADER)
                ? answer.with(HEADER, gate.get())
                : answer;
    }

    /// What gives the place of an event stream back when it has begun.
    ///
    /// @param place null for a stream that holds none
    /// @param channel of the stream, which gives it back at its end if streams count for life
    Runnable begun(@Nullable Permit place, Channel channel) {
        if (place != null && !countsStreams) {
            return place::release;
        }
        if (place != null) {
            channel.closeFuture().addListener(_ -> place.release());
        }
        return () -> {};
    }

    static String gate(Shed shed) {
        return "admission." + Counter.label(shed.reason());
    }
}
