package io.spillgate.listener;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;

import java.nio.charset.StandardCharsets;

/// A complete answer that fits in memory. The fields that frame it are the wire's.
///
/// @param status the status code
/// @param phrase the reason phrase
/// @param fields of the head; not to be changed
/// @param body the content
@SuppressWarnings("ArrayRecordComponent") // never compared
record Answer(int status, String phrase, HttpHeaders fields, byte[] body) {
    static final String TEXT = "text/plain; charset=utf-8";
    static final String JSON = "application/json";
    static final String EVENT_STREAM = "text/event-stream";

    private static final byte[] NOTHING = {};
    private static final AsciiString CONTENT_TYPE = AsciiString.cached("Content-Type");
    private static final AsciiString RETRY_AFTER = AsciiString.cached("Retry-After");
    private static final DefaultHttpHeadersFactory UNCHECKED =
            DefaultHttpHeadersFactory.headersFactory().withValidation(false);
    private static final HttpHeaders PLAIN_TEXT = typed(TEXT);

    static Answer text(int status, String text) {
        return new Answer(
                status, phrase(status), PLAIN_TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    static Answer of(int status, String contentType, String text) {
        return of(status, contentType, text.getBytes(StandardCharsets.UTF_8));
    }

    static Answer of(int status, String contentType, byte[] body) {
        return new Answer(status, phrase(status), typed(contentType), body);
    }

    static Answer of(Refusal refusal) {
        byte[] reason = (refusal.reason() + "\n").getBytes(StandardCharsets.UTF_8);
        return new Answer(refusal.status(), refusal.phrase(), PLAIN_TEXT, reason);
    }

    /// There is no place for another connection (RevenProx for the form of an event).
    ///
    /// @param seconds after which there may be one
    static Answer atCapacity(boolean asEvent, int limit, int seconds) {
        Answer answer =
                asEvent
                        ? of(503, EVENT_STREAM, "data: {\"error\":\"server_at_capacity\"}\n\n")
                        : text(
                                503,
                                "All " + limit + " connections are taken (http.max_connections)\n");
        return answer.retryAfter(seconds);
    }

    /// Unfinished input takes too much memory, and this request has been unfinished for too long.
    static Answer inputMemory() {
        return text(
                        503,
                        "Unfinished requests hold all the memory that they may"
                                + " (http.input_memory)\n")
                .retryAfter(1);
    }

    /// The answer to a CORS preflight, whose fields come from the policy.
    static Answer noContent() {
        return new Answer(204, phrase(204), UNCHECKED.newEmptyHeaders(), NOTHING);
    }

    /// The same with another reason phrase.
    Answer phrased(String reason) {
        return new Answer(status, reason, fields, body);
    }

    /// The same, to be asked for again after this time.
    Answer retryAfter(int seconds) {
        return with(RETRY_AFTER, Integer.toString(seconds));
    }

    /// The same with one more field.
    Answer with(CharSequence name, String value) {
        return new Answer(status, phrase, fields.copy().add(name, value), body);
    }

    static String phrase(int status) {
        return HttpResponseStatus.valueOf(status).reasonPhrase();
    }

    /// The bytes on the wire.
    ///
    /// @param policy fields of the CORS policy
    /// @param headOnly whether to leave out the content, for HEAD
    /// @param close whether this is the connection's last answer
    /// @param http10 whether the client speaks HTTP/1.0 and has to be told that the connection
    ///   stays
    ByteBuf encode(
            ByteBufAllocator allocator,
            HttpHeaders policy,
            boolean headOnly,
            boolean close,
            boolean http10) {
        ByteBuf bytes = allocator.directBuffer(Framing.USUAL_HEAD_BYTES + body.length);
        Framing.complete(bytes, this, policy, close, http10);
        return headOnly ? bytes : bytes.writeBytes(body);
    }

    private static HttpHeaders typed(String contentType) {
        HttpHeaders fields = UNCHECKED.newHeaders();
        return contentType.isEmpty() ? fields : fields.add(CONTENT_TYPE, contentType);
    }
}
