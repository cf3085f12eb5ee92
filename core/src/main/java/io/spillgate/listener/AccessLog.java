package io.spillgate.listener;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.spillgate.http.Peer;
import io.spillgate.http.ServerStream;
import io.spillgate.limits.TrustedProxies;
import io.spillgate.metrics.Counter;
import io.spillgate.metrics.Handler;
import io.spillgate.net.AddressText;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// One line for an answer, and one for the end of an event stream; what is not known is left out.
///
/// Each part is a `key={}`, so that a log of JSON has it as a field.
final class AccessLog {
    private static final Logger LOG = LoggerFactory.getLogger("spillgate.access");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
    private static final String REQUEST_ID = "X-Request-Id";

    private final StringBuilder keys = new StringBuilder(128);
    private final List<Object> values = new ArrayList<>();

    private AccessLog() {}

    /// Writes the line of an answer.
    ///
    /// @param bytes of its content, as announced; negative when they are not known beforehand
    static void write(
            ServerStream stream,
            TrustedProxies proxies,
            Handler by,
            int status,
            long bytes,
            long durationNanos) {
        AccessLog line = of(stream, proxies);
        line.add("status={}", status);
        line.add("bytes={}", bytes < 0 ? null : bytes);
        line.add("micros={}", durationNanos / 1000);
        line.add("handler={}", Counter.label(by));
        line.finish(stream);
    }

    /// Writes the line of a stream that has ended.
    ///
    /// @param why it has ended
    static void writeEnd(
            ServerStream stream,
            TrustedProxies proxies,
            Handler by,
            String why,
            long ageNanos,
            long events,
            long bytes) {
        AccessLog line = of(stream, proxies);
        line.add("ended={}", why);
        line.add("age_ms={}", ageNanos / 1_000_000);
        line.add("events={}", events);
        line.add("bytes={}", bytes);
        line.add("handler={}", Counter.label(by));
        line.finish(stream);
    }

    private static AccessLog of(ServerStream stream, TrustedProxies proxies) {
        AccessLog line = new AccessLog();
        Peer peer = stream.peer();
        HttpRequest head = stream.hasHead() ? stream.head() : null;
        line.add("peer={}", peer == null ? "unknown" : AddressText.of(peer.socket()));
        line.add("client={}", client(peer, head, proxies));
        line.add("request=\"{}\"", head == null ? "-" : quoted(head.method() + " " + head.uri()));
        return line;
    }

    private void finish(ServerStream stream) {
        if (stream.hasHead()) {
            addQuoted("user_agent=\"{}\"", stream.head(), HttpHeaderNames.USER_AGENT.toString());
            addQuoted("request_id=\"{}\"", stream.head(), REQUEST_ID);
        }
        LOG.info(keys.toString(), values.toArray());
    }

    /// What an answer announces as the length of its content; `otherwise` when it announces none.
    static long length(HttpHeaders fields, long otherwise) {
        String announced = fields.get(HttpHeaderNames.CONTENT_LENGTH);
        return announced != null && LENGTH.matcher(announced).matches()
                ? Long.parseLong(announced)
                : otherwise;
    }

    private static @Nullable String client(
            @Nullable Peer peer, @Nullable HttpRequest head, TrustedProxies proxies) {
        if (peer == null) {
            return null;
        }
        return head == null
                ? peer.text()
                : proxies.client(peer.address(), head.headers()::getAll).toString();
    }

    private void addQuoted(String key, HttpRequest head, String field) {
        String value = head.headers().get(field);
        add(key, value == null ? null : quoted(value));
    }

    private void add(String key, @Nullable Object value) {
        if (value != null) {
            keys.append(keys.isEmpty() ? "" : " ").append(key);
            values.add(value);
        }
    }

    /// A client must not end the quotes.
    private static String quoted(String text) {
        return text.replace("\"", "%22");
    }
}
