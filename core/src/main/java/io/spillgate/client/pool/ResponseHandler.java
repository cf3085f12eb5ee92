package io.spillgate.client.pool;

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
import io.spillgate.client.connect.NetworkWords;
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
            Attempt attempt = connection.first();
            if (attempt == null) {
                connection.shut();
            } else if (message instanceof HttpResponse response) {
                head(attempt, response);
            } else if (connection.isUpgraded() && message instanceof ByteBuf raw) {
                times.touch();
                deliver(attempt, raw);
            } else if (!connection.isUpgraded() && message instanceof HttpContent content) {
                content(attempt, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        Attempt attempt = connection.first();
        if (attempt != null && attempt.headTold) {
            attempt.call().tellFlush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        Attempt attempt = connection.first();
        if (attempt != null && attempt.writableTold && !attempt.complete) {
            attempt.call().tellWritable(ctx.channel().isWritable());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Attempt attempt = connection.first();
        if (connection.isUpgraded() && attempt != null) {
            connection.finish(attempt, EmptyHttpHeaders.INSTANCE);
        } else {
            connection.lost(NetworkWords.closedBy(PooledConnection.PEER));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        connection.note("backend_connection_failed", cause);
        connection.lost(NetworkWords.of(PooledConnection.PEER, cause));
    }

    /// Bytes came from the backend.
    ///
    /// @return whether they may be an answer; if not, the connection is closed now
    private boolean heard() {
        Attempt attempt = connection.first();
        if (attempt == null) {
            connection.shut();
            return false;
        }
        if (!attempt.written) {
            connection.breakOff(PoolFailure.RESET, "something came before the request was sent");
            return false;
        }
        times.touch();
        attempt.answering = true;
        return true;
    }

    private boolean isAnsweringHead() {
        Attempt attempt = connection.first();
        return attempt != null && attempt.request().method().equals("HEAD");
    }

    /// The head of an answer, interim ones included.
    private void head(Attempt attempt, HttpResponse response) {
        int status = response.status().code();
        String fault = fault(attempt, response);
        if (response.decoderResult().cause() instanceof PrematureChannelClosureException) {
            connection.lost(NetworkWords.closedBy(PooledConnection.PEER));
        } else if (fault != null) {
            connection.breakOff(PoolFailure.PROTOCOL, "the answer is not sound: " + fault);
        } else if (status == 101) {
            upgrade(attempt, response);
        } else if (status < 200) {
            interim(attempt, response);
        } else {
            finalHead(attempt, response);
        }
    }

    /// A piece of the content, or its end.
    private void content(Attempt attempt, HttpContent content) {
        if (interim) {
            interim = !(content instanceof LastHttpContent);
            return;
        }
        if (content.decoderResult().isFailure()) {
            connection.breakOff(PoolFailure.PROTOCOL, "the answer's chunks are malformed");
            return;
        }
        ByteBuf piece = content.content();
        attempt.contentBytes += piece.readableBytes();
        if (attempt.contentBytes > times.maxContent()) {
            tooLarge();
            return;
        }
        if (piece.isReadable()) {
            deliver(attempt, piece);
        }
        if (content instanceof LastHttpContent last) {
            connection.finish(attempt, last.trailingHeaders());
        }
    }

    private void deliver(Attempt attempt, ByteBuf piece) {
        attempt.taken |= attempt.wanted;
        attempt.call().tellContent(attempt, piece);
        connection.steerReading();
    }

    private @Nullable String fault(Attempt attempt, HttpResponse response) {
        String fault = ResponseDecoder.fault(response);
        int status = response.status().code();
        if (fault != null || status >= 200) {
            return fault;
        }
        if (status == 101) {
            return changesTo(attempt.request().upgrade(), response.headers());
        }
        return ++interims > MAX_INTERIM
                ? "there are more than " + MAX_INTERIM + " interim answers"
                : null;
    }

    /// What is wrong with a change of the protocol; null when nothing is.
    private static @Nullable String changesTo(@Nullable String asked, HttpHeaders headers) {
        if (asked == null) {
            return "nobody asked for another protocol";
        }
        String told = headers.get(HttpHeaderNames.UPGRADE);
        return told == null || told.equalsIgnoreCase(asked)
                ? null
                : "it changes to another protocol than was asked for";
    }

    private void upgrade(Attempt attempt, HttpResponse response) {
        if (!connection.becomeStream(attempt)) {
            return;
        }
        attempt.complete = false;
        attempt.writableTold = true;
        attempt.headTold = true;
        attempt.headNanos = connection.sweeper().nowNanos();
        attempt.call().tellHead(101, response.status().reasonPhrase(), response.headers());
        connection.upgrade();
        attempt.call().tellWritable(true);
    }

    private void interim(Attempt attempt, HttpResponse response) {
        interim = true;
        int status = response.status().code();
        if (status == 100) {
            attempt.invited = true;
            attempt.awaitsInvitation = false;
        }
        if (status != 100 || attempt.request().expectsContinue()) {
            attempt.call().tellInterim(status, response.headers());
        }
    }

    private void finalHead(Attempt attempt, HttpResponse response) {
        HttpHeaders headers = response.headers();
        interims = 0;
        keepAlive = HttpUtil.isKeepAlive(response);
        times.hint(headers.get("keep-alive"));
        if (!isAnsweringHead() && HttpUtil.getContentLength(response, 0L) > times.maxContent()) {
            tooLarge();
            return;
        }
        boolean events = EventStreamType.is(headers.get(HttpHeaderNames.CONTENT_TYPE));
        if (events && !isEmpty(response) && !connection.becomeStream(attempt)) {
            return;
        }
        attempt.untimed = attempt.request().streaming() || events;
        attempt.headTold = true;
        attempt.headNanos = connection.sweeper().nowNanos();
        connection.judge(attempt, response.status().code());
        attempt.call()
                .tellHead(response.status().code(), response.status().reasonPhrase(), headers);
    }

    private boolean isEmpty(HttpResponse response) {
        return HttpUtil.getContentLength(response, -1L) == 0
                || decoder.isContentAlwaysEmpty(response);
    }

    private void tooLarge() {
        connection.breakOff(
                PoolFailure.TOO_LARGE,
                "the answer's content is longer than " + times.maxContent() + " bytes");
    }
}
