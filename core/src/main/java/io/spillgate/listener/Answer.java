package io.spillgate.listener;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpResponseStatus;

import java.nio.charset.StandardCharsets;

/// A complete answer that fits in memory.
///
/// @param status the status code
/// @param phrase the reason phrase
/// @param fields more header lines, each with its CRLF; may be empty
/// @param contentType value of Content-Type; empty for an answer without content
/// @param body the content
@SuppressWarnings("ArrayRecordComponent") // never compared
record Answer(int status, String phrase, String fields, String contentType, byte[] body) {
    static final String TEXT = "text/plain; charset=utf-8";
    static final String JSON = "application/json";
    static final String EVENT_STREAM = "text/event-stream";
    static final String RETRY_SOON = "Retry-After: 1\r\n";

    private static final byte[] NOTHING = {};

    static Answer text(int status, String text) {
        return of(status, "", TEXT, text);
    }

    static Answer of(int status, String fields, String contentType, String text) {
        return new Answer(
                status, phrase(status), fields, contentType, text.getBytes(StandardCharsets.UTF_8));
    }

    static Answer of(Refusal refusal) {
        byte[] reason = (refusal.reason() + "\n").getBytes(StandardCharsets.UTF_8);
        return new Answer(refusal.status(), refusal.phrase(), "", TEXT, reason);
    }

    /// There is no place for another connection (seed 001 for the form of an event).
    ///
    /// @param seconds after which there may be one
    static Answer atCapacity(boolean asEvent, int limit, int seconds) {
        String retryAfter = "Retry-After: " + seconds + "\r\n";
        return asEvent
                ? of(503, retryAfter, EVENT_STREAM, "data: {\"error\":\"server_at_capacity\"}\n\n")
                : of(
                        503,
                        retryAfter,
                        TEXT,
                        "All " + limit + " connections are taken (http.max_connections)\n");
    }

    /// Unfinished input takes too much memory, and this request has been unfinished for too long.
    static Answer inputMemory() {
        return of(
                503,
                RETRY_SOON,
                TEXT,
                "Unfinished requests hold all the memory that they may (http.input_memory)\n");
    }

    /// The answer to a CORS preflight, whose header lines come from the policy.
    static Answer noContent() {
        return new Answer(204, phrase(204), "", "", NOTHING);
    }

    /// The same, with more header lines.
    Answer with(String more) {
        return new Answer(status, phrase, fields + more, contentType, body);
    }

    static String phrase(int status) {
        return HttpResponseStatus.valueOf(status).reasonPhrase();
    }

    /// The bytes on the wire.
    ///
    /// @param cors header lines of the CORS policy
    /// @param headOnly whether to leave out the content, for HEAD
    /// @param close whether this is the connection's last answer
    /// @param http10 whether the client speaks HTTP/1.0 and has to be told that the connection
    ///   stays
    ByteBuf encode(
            ByteBufAllocator allocator,
            byte[] cors,
            boolean headOnly,
            boolean close,
            boolean http10) {
        StringBuilder head = new StringBuilder(256);
        head.append("HTTP/1.1 ").append(status).append(' ').append(phrase).append("\r\nDate: ");
        head.append(HttpDate.now()).append("\r\n");
        if (!contentType.isEmpty()) {
            head.append("Content-Type: ").append(contentType).append("\r\n");
        }
        if (status != 204 && status != 304) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        head.append(fields);
        if (close) {
            head.append("Connection: close\r\n");
        } else if (http10) {
            head.append("Connection: keep-alive\r\n");
        }
        ByteBuf bytes = allocator.directBuffer(head.length() + cors.length + 2 + body.length);
        bytes.writeCharSequence(head, StandardCharsets.ISO_8859_1);
        bytes.writeBytes(cors).writeShort('\r' << 8 | '\n');
        return headOnly ? bytes : bytes.writeBytes(body);
    }
}
