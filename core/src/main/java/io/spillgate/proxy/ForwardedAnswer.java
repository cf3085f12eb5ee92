package io.spillgate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.http.ServerStream;
import io.spillgate.metrics.Cells;
import io.spillgate.metrics.Counter;

import org.jspecify.annotations.Nullable;

import java.util.Set;
import java.util.function.LongSupplier;

/// The answer to a forwarded request on its way to the client. Confined to the client's loop.
final class ForwardedAnswer {
    private final ServerStream stream;
    private final Forwarding what;
    private final Replies replies;
    private final Cells cells;
    private final LongSupplier nanoTime;
    private Set<String> namedByHead = Set.of();
    private @Nullable StreamKeepalive keepalive;
    private boolean paused;
    private int status;

    ForwardedAnswer(
            ServerStream stream,
            Forwarding what,
            Replies replies,
            Cells cells,
            LongSupplier nanoTime) {
        this.stream = stream;
        this.what = what;
        this.replies = replies;
        this.cells = cells;
        this.nanoTime = nanoTime;
    }

    /// The status of the final answer, or 101; 0 when it has not begun.
    int status() {
        return status;
    }

    void interim(int code, HttpHeaders headers) {
        stream.interim(code, HeaderRules.interim(headers));
    }

    void head(int code, String reason, HttpHeaders headers) {
        assert stream.loop().inEventLoop();
        status = code;
        namedByHead = HeaderRules.namedByConnection(headers);
        HttpHeaders fields =
                HeaderRules.answer(code, headers, namedByHead, replies.isCorsOfBackend());
        String backendHost = what.to().rewrittenHost();
        if (backendHost != null) {
            RedirectRule.of(what, backendHost).rewrite(fields);
        }
        keepalive =
                StreamKeepalive.of(what.rule().keepalive(), what.method(), code, fields, nanoTime);
        if (keepalive != null) {
            HeaderRules.askForNoBuffering(fields);
        }
        stream.begin(code, reason, fields, replies.policy());
    }

    /// The answer to an upgrade.
    void upgraded(HttpHeaders headers, String protocol) {
        assert stream.loop().inEventLoop();
        status = 101;
        stream.upgrade(HeaderRules.interim(headers), protocol);
    }

    /// A piece of the content, or raw bytes.
    ///
    /// @param piece released here
    /// @return whether the client has just got enough for the time being, until [#resume]
    boolean pass(ByteBuf piece) {
        assert stream.loop().inEventLoop();
        stream.write(keepalive == null ? piece : keepalive.passing(piece, nowNanos()));
        if (!stream.isWritable()) {
            stream.flush();
        }
        boolean enough = !stream.isWritable() && !paused;
        paused |= enough;
        return enough;
    }

    void flush() {
        stream.flush();
    }

    /// The client takes bytes again.
    ///
    /// @return whether it had enough
    boolean resume() {
        boolean had = paused;
        paused = false;
        return had;
    }

    /// Sends a comment into a stream that is silent, if one is due.
    void keepAlive(long nowNanos) {
        ByteBuf comment = keepalive == null || paused ? null : keepalive.due(nowNanos);
        if (comment != null) {
            stream.write(comment);
            stream.flush();
            cells.add(Counter.PROXY_KEEPALIVES, 1);
        }
    }

    void end(HttpHeaders trailers) {
        stream.end(HeaderRules.trailers(trailers, namedByHead, null));
    }

    private long nowNanos() {
        return nanoTime.getAsLong();
    }
}
