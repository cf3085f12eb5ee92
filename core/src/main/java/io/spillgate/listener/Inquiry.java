package io.spillgate.listener;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.spillgate.metrics.Cells;
import io.spillgate.metrics.Handler;
import io.spillgate.net.AddressText;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.SocketAddress;

/// One request as far as it was read, and the settings that hold for it until it is answered.
final class Inquiry {
    private static final Logger ACCESS = LoggerFactory.getLogger("spillgate.access");

    private Settings settings;
    private final @Nullable HttpRequest head;
    private final @Nullable String origin;
    private final boolean headMethod;
    private final long startNanos;
    private Handler handler = Handler.NONE;

    private Inquiry(
            Settings settings,
            @Nullable HttpRequest head,
            @Nullable String origin,
            boolean headMethod,
            long startNanos) {
        this.settings = settings;
        this.head = head;
        this.origin = origin;
        this.headMethod = headMethod;
        this.startNanos = startNanos;
    }

    /// A request whose head was decoded.
    static Inquiry of(Settings settings, HttpRequest head, long startNanos) {
        boolean headMethod = head.method().name().equals("HEAD");
        return new Inquiry(
                settings, head, head.headers().get(HttpHeaderNames.ORIGIN), headMethod, startNanos);
    }

    /// A request whose head was refused.
    static Inquiry of(Settings settings, RefusedHead refused, long startNanos) {
        return new Inquiry(settings, null, refused.origin(), refused.head(), startNanos);
    }

    /// A request that did not come in time.
    static Inquiry unread(Settings settings, long startNanos) {
        return new Inquiry(settings, null, null, false, startNanos);
    }

    Settings settings() {
        return settings;
    }

    /// Other settings hold from now on.
    void settings(Settings changed) {
        settings = changed;
    }

    /// The decoded head.
    ///
    /// @throws IllegalStateException when there is none
    HttpRequest head() {
        if (head == null) {
            throw new IllegalStateException("the head was not read");
        }
        return head;
    }

    /// Who answers.
    void handler(Handler by) {
        handler = by;
    }

    /// Whether the method is HEAD.
    boolean isHead() {
        return headMethod;
    }

    boolean isHttp10() {
        return head != null && head.protocolVersion().equals(HttpVersion.HTTP_1_0);
    }

    /// Whether the client wants to send another request on the connection.
    boolean isKeepAlive() {
        return head != null && HttpUtil.isKeepAlive(head);
    }

    /// Whether content follows the head.
    boolean hasBody() {
        return isChunked() || contentLength() > 0;
    }

    /// Whether content follows whose length is not known.
    boolean isChunked() {
        return head != null && HttpUtil.isTransferEncodingChunked(head);
    }

    /// The declared length of the content, 0 when there is none.
    long contentLength() {
        return head == null ? 0 : HttpUtil.getContentLength(head, 0L);
    }

    /// The fields of the CORS policy for the answer.
    HttpHeaders policy() {
        return handler == Handler.PREFLIGHT
                ? settings.cors().preflight(origin)
                : settings.cors().fields(origin);
    }

    ByteBuf encode(Answer answer, boolean close, ByteBufAllocator allocator) {
        return answer.encode(allocator, policy(), headMethod, close, isHttp10());
    }

    /// Counts and logs the answer.
    void answered(int status, Cells cells, SocketAddress peer) {
        long durationNanos = System.nanoTime() - startNanos;
        cells.request(handler, status, durationNanos);
        if (settings.accessLog()) {
            String line = head == null ? "-" : head.method() + " " + head.uri();
            ACCESS.info(
                    "peer={} request=\"{}\" status={} micros={}",
                    AddressText.of(peer),
                    line,
                    status,
                    durationNanos / 1000);
        }
    }
}
