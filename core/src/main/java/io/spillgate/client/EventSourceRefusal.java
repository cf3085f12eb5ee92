package io.spillgate.client;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.client.EventSourceEnd.Cause;
import io.spillgate.net.BoundedBytes;
import io.spillgate.sse.EventStreamType;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Date;
import java.util.concurrent.TimeUnit;

/// An answer that is not an event stream, with the beginning of what it says.
final class EventSourceRefusal {
    private static final int MAX_TEXT_BYTES = 500;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final long LONGEST_MILLIS = TimeUnit.SECONDS.toMillis(999_999);

    private final String url;
    private final int status;
    private final HttpHeaders headers;
    private final BoundedBytes text = new BoundedBytes(MAX_TEXT_BYTES);

    EventSourceRefusal(String url, int status, HttpHeaders headers) {
        this.url = url;
        this.status = status;
        this.headers = headers;
    }

    /// Whether an answer is a stream of events.
    static boolean isEventStream(int status, HttpHeaders headers) {
        return status == 200 && EventStreamType.is(headers.get(HttpHeaderNames.CONTENT_TYPE));
    }

    /// Keeps what fits.
    ///
    /// @return false when more is of no use
    boolean add(ByteBuf piece) {
        text.add(piece.readSlice(Math.min(piece.readableBytes(), text.remaining())));
        return text.remaining() > 0;
    }

    /// Whether the same request may be answered otherwise later.
    boolean isPassing() {
        return status >= 500 || status == TOO_MANY_REQUESTS;
    }

    /// What the content is coded with; empty = it is as it is.
    static String encoding(HttpHeaders headers) {
        String codings =
                String.join(", ", headers.getAll(HttpHeaderNames.CONTENT_ENCODING)).strip();
        return codings.equalsIgnoreCase("identity") ? "" : codings;
    }

    /// How long to wait at least: Retry-After, which is seconds, or a date that is compared with
    /// that of the answer where it has one, so that the clocks need not agree (RFC 9110 section
    /// 10.2.3).
    ///
    /// @param epochMillis the present
    Duration atLeast(long epochMillis) {
        String when = headers.get(HttpHeaderNames.RETRY_AFTER, "").strip();
        if (when.matches("[0-9]{1,6}")) {
            return Duration.ofSeconds(Integer.parseInt(when));
        }
        long untilMillis = millis(when, 0);
        long fromMillis = millis(headers.get(HttpHeaderNames.DATE, ""), epochMillis);
        return Duration.ofMillis(Math.clamp(untilMillis - fromMillis, 0, LONGEST_MILLIS));
    }

    @SuppressWarnings("JavaUtilDate") // of Netty's parser
    private static long millis(String date, long otherwise) {
        Date parsed = date.isEmpty() ? null : DateFormatter.parseHttpDate(date);
        return parsed == null ? otherwise : parsed.getTime();
    }

    /// As the end of the source.
    EventSourceEnd end() {
        return switch (status) {
            case 204 ->
                    new EventSourceEnd(
                            Cause.NO_CONTENT,
                            status,
                            "the server says that there is nothing more (204)");
            case 200 -> {
                String type = headers.get(HttpHeaderNames.CONTENT_TYPE, "no Content-Type");
                yield new EventSourceEnd(
                        Cause.NOT_AN_EVENT_STREAM,
                        status,
                        url + " is not an event stream but " + type);
            }
            default -> new EventSourceEnd(Cause.REFUSED, status, reason());
        };
    }

    /// What the server said.
    String reason() {
        String elsewhere = headers.get(HttpHeaderNames.LOCATION);
        String said = new String(text.exactArray(), StandardCharsets.UTF_8).strip();
        return url
                + " answers "
                + status
                + (elsewhere == null ? "" : ", go to " + elsewhere)
                + (said.isEmpty() ? "" : ": " + said);
    }
}
