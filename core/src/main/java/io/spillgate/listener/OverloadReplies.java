package io.spillgate.listener;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AsciiString;
import io.spillgate.admission.Permit;
import io.spillgate.config.BackpressureConfig;
import io.spillgate.config.Durations;
import io.spillgate.config.GatewayConfig;
import io.spillgate.http.EventStreamPlace;
import io.spillgate.http.Response;
import io.spillgate.sse.EventStreamType;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/// How overload is told to clients.
///
/// @param soft whether subscribers get an empty stream instead of an error
/// @param countsStreams whether event streams and tunnels count for life
/// @param retryMillis the least time after which a subscriber that was refused softly comes back
record OverloadReplies(boolean soft, boolean countsStreams, long retryMillis) {
    private static final AsciiString CACHE_CONTROL = AsciiString.cached("Cache-Control");

    /// When a request that admission refused may come again.
    static final int BUSY_SECONDS = 1;

    /// Admission refused a request (react-server for the phrase and the body).
    static final Response BUSY =
            Response.of(503, Response.TEXT, "Service Busy")
                    .phrased("Service Busy")
                    .retryAfter(BUSY_SECONDS);

    static OverloadReplies of(GatewayConfig config) {
        BackpressureConfig backpressure = config.server().backpressure();
        return new OverloadReplies(
                backpressure.softRefusal(),
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

    /// An empty stream that asks to come back. A browser's EventSource gives up for ever after any
    /// status but 200 (WHATWG HTML section 9.2.3).
    ///
    /// @param seconds after which coming back is worth it
    Response softly(int seconds) {
        long least = Math.max(retryMillis, TimeUnit.SECONDS.toMillis(seconds));
        long millis = ThreadLocalRandom.current().nextLong(least, 2 * least + 1);
        String stream = "retry: " + millis + "\n\n: busy\n\n";
        return Response.of(200, Response.EVENT_STREAM, stream)
                .with(CACHE_CONTROL, "no-cache, no-transform");
    }

    /// What gives the place of an event stream back when it has begun.
    ///
    /// @param place null for a stream that holds none
    /// @param stream gives it back at its end if streams count for life
    Runnable begun(@Nullable Permit place, EventStreamPlace stream) {
        if (place != null && !countsStreams) {
            return place::release;
        }
        if (place != null) {
            stream.whenOver(place::release);
        }
        return () -> {};
    }
}
