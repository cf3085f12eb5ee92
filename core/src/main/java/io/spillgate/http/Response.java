package io.spillgate.http;

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
public record Response(int status, String phrase, HttpHeaders fields, byte[] body) {
    public static final String TEXT = "text/plain; charset=utf-8";
    public static final String JSON = "application/json";
    public static final String EVENT_STREAM = "text/event-stream";

    private static final byte[] NOTHING = {};
    private static final AsciiString CONTENT_TYPE = AsciiString.cached("Content-Type");
    private static final AsciiString RETRY_AFTER = AsciiString.cached("Retry-After");
    private static final DefaultHttpHeadersFactory UNCHECKED =
            DefaultHttpHeadersFactory.headersFactory().withValidation(false);
    private static final HttpHeaders PLAIN_TEXT = typed(TEXT);

    public static Response text(int status, String text) {
        return new Response(
                status, phrase(status), PLAIN_TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    public static Response of(int status, String contentType, String text) {
        return of(status, contentType, text.getBytes(StandardCharsets.UTF_8));
    }

    public static Response of(int status, String contentType, byte[] body) {
        return new Response(status, phrase(status), typed(contentType), body);
    }

    public static Response of(Refusal refusal) {
        byte[] reason = (refusal.reason() + "\n").getBytes(StandardCharsets.UTF_8);
        return new Response(refusal.status(), refusal.phrase(), PLAIN_TEXT, reason);
    }

    /// The answer to a CORS preflight, whose fields come from the policy.
    public static Response noContent() {
        return new Response(204, phrase(204), UNCHECKED.newEmptyHeaders(), NOTHING);
    }

    /// The same with another reason phrase.
    public Response phrased(String reason) {
        return new Response(status, reason, fields, body);
    }

    /// The same, to be asked for again after this time.
    public Response retryAfter(int seconds) {
        return with(RETRY_AFTER, Integer.toString(seconds));
    }

    /// The same with one more field.
    public Response with(CharSequence name, String value) {
        return new Response(status, phrase, fields.copy().add(name, value), body);
    }

    public static String phrase(int status) {
        return HttpResponseStatus.valueOf(status).reasonPhrase();
    }

    private static HttpHeaders typed(String contentType) {
        HttpHeaders fields = UNCHECKED.newHeaders();
        return contentType.isEmpty() ? fields : fields.add(CONTENT_TYPE, contentType);
    }
}
