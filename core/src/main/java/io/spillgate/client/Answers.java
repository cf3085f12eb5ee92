package io.spillgate.client;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.spillgate.metrics.PoolFailure;
import io.spillgate.sse.EventStreamType;

import org.jspecify.annotations.Nullable;

/// What a connection reads: checks the decoded parts of answers and hands them to the calls.
/// Confined to the channel's loop, as [PooledConnection] asserts.
final class Answers {
    private static final int MAX_INTERIM = 50;

    private final PooledConnection connection;
    private final ConnectionTimes times;
    private boolean keepAlive;
    private boolean interim;
    private int interims;

    Answers(PooledConnection connection, ConnectionTimes times) {
        this.connection = connection;
        this.times = times;
    }

    /// Whether the backend keeps the connection after the answer that was read last.
    boolean isKeptAlive() {
        return keepAlive;
    }

    /// The head of an answer, interim ones included.
    void head(Call call, HttpResponse response) {
        int status = response.status().code();
        String fault = fault(call, response);
        if (fault != null) {
            boolean premature =
                    response.decoderResult().cause() instanceof PrematureChannelClosureException;
            connection.breakOff(
                    premature ? PoolFailure.TRUNCATED : PoolFailure.PROTOCOL,
                    "the answer is not sound: " + fault);
        } else if (status == 101) {
            upgrade(call, response);
        } else if (status < 200) {
            interim(call, response);
        } else {
            finalHead(call, response);
        }
    }

    /// A piece of the content, or its end.
    void content(Call call, HttpContent content) {
        if (interim) {
            interim = !(content instanceof LastHttpContent);
            return;
        }
        if (content.decoderResult().isFailure()) {
            connection.breakOff(PoolFailure.PROTOCOL, "the answer's chunks are malformed");
            return;
        }
        ByteBuf piece = content.content();
        call.contentBytes += piece.readableBytes();
        if (call.contentBytes > times.maxContent()) {
            tooLarge();
            return;
        }
        if (piece.isReadable()) {
            connection.deliver(call, piece);
        }
        if (content instanceof LastHttpContent last) {
            connection.finish(call, last.trailingHeaders());
        }
    }

    private @Nullable String fault(Call call, HttpResponse response) {
        String fault = ResponseDecoder.fault(response);
        int status = response.status().code();
        if (fault != null || status >= 200) {
            return fault;
        }
        if (status == 101) {
            return call.request().upgrade() == null ? "nobody asked for another protocol" : null;
        }
        return ++interims > MAX_INTERIM
                ? "there are more than " + MAX_INTERIM + " interim answers"
                : null;
    }

    private void upgrade(Call call, HttpResponse response) {
        call.complete = false;
        call.writableTold = true;
        call.headTold = true;
        call.headNanos = connection.sweeper().nowNanos();
        call.tellHead(101, response.status().reasonPhrase(), response.headers());
        connection.upgrade();
        call.tellWritable(true);
    }

    private void interim(Call call, HttpResponse response) {
        interim = true;
        if (response.status().code() != 100) {
            call.tellInterim(response.status().code(), response.headers());
        }
    }

    private void finalHead(Call call, HttpResponse response) {
        HttpHeaders headers = response.headers();
        interims = 0;
        keepAlive = HttpUtil.isKeepAlive(response);
        times.hint(headers.get("keep-alive"));
        if (!connection.isAnsweringHead()
                && HttpUtil.getContentLength(response, 0L) > times.maxContent()) {
            tooLarge();
            return;
        }
        call.untimed =
                call.request().streaming()
                        || EventStreamType.is(headers.get(HttpHeaderNames.CONTENT_TYPE));
        call.headTold = true;
        call.headNanos = connection.sweeper().nowNanos();
        call.tellHead(response.status().code(), response.status().reasonPhrase(), headers);
    }

    private void tooLarge() {
        connection.breakOff(
                PoolFailure.TOO_LARGE,
                "the answer's content is longer than " + times.maxContent() + " bytes");
    }
}
