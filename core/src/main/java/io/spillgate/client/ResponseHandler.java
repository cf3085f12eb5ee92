package io.spillgate.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.spillgate.metrics.PoolFailure;
import io.spillgate.sse.EventStreamType;

import org.jspecify.annotations.Nullable;

/// The last handler of a backend's connection: checks the decoded parts of responses and hands them
/// to the calls. Confined to the channel's loop, as [PooledConnection] asserts.
final class ResponseHandler extends ChannelInboundHandlerAdapter {
    private static final int MAX_INTERIM = 50;

    private final PooledConnection connection;
    private final ConnectionTimes times;
    private final ResponseDecoder decoder =
            new ResponseDecoder() {
                @Override
                boolean heard() {
                    return ResponseHandler.this.heard();
                }

                @Override
                boolean isAnsweringHead() {
                    return ResponseHandler.this.isAnsweringHead();
                }
            };
    private boolean keepAlive;
    private boolean interim;
    private int interims;

    ResponseHandler(PooledConnection connection, ConnectionTimes times) {
        this.connection = connection;
        this.times = times;
    }

    /// The handler before this one.
    ResponseDecoder decoder() {
        return decoder;
    }

    /// Whether the backend keeps the connection after the answer that was read last.
    boolean isKeptAlive() {
        return keepAlive;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            Call call = connection.first();
            if (call == null) {
                connection.shut();
            } else if (message instanceof HttpResponse response) {
                head(call, response);
            } else if (connection.isUpgraded() && message instanceof ByteBuf raw) {
                times.touch();
                connection.deliver(call, raw);
            } else if (!connection.isUpgraded() && message instanceof HttpContent content) {
                content(call, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        Call call = connection.first();
        if (call != null && call.headTold) {
            call.tellFlush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        Call call = connection.first();
        if (call != null && call.writableTold && !call.complete) {
            call.tellWritable(ctx.channel().isWritable());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Call call = connection.first();
        if (connection.isUpgraded() && call != null) {
            connection.finish(call, EmptyHttpHeaders.INSTANCE);
        } else {
            connection.lost("closed by the backend");
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        connection.note("backend_connection_failed", cause);
        connection.lost(String.valueOf(cause.getMessage()));
    }

    /// Bytes came from the backend.
    ///
    /// @return whether they may be an answer; if not, the connection is closed now
    private boolean heard() {
        Call call = connection.first();
        if (call == null) {
            connection.shut();
            return false;
        }
        if (!call.written) {
            connection.breakOff(PoolFailure.RESET, "something came before the request was sent");
            return false;
        }
        times.touch();
        call.answering = true;
        return true;
    }

    private boolean isAnsweringHead() {
        Call call = connection.first();
        return call != null && call.request().method().equals("HEAD");
    }

    /// The head of an answer, interim ones included.
    private void head(Call call, HttpResponse response) {
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
    private void content(Call call, HttpContent content) {
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
        if (!isAnsweringHead() && HttpUtil.getContentLength(response, 0L) > times.maxContent()) {
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
