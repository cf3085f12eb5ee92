package io.spillgate.listener;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.ReadOnlyHttpHeaders;
import io.spillgate.admission.Permit;
import io.spillgate.broker.Broker;
import io.spillgate.broker.Publication;
import io.spillgate.metrics.Counter;
import io.spillgate.metrics.Handler;
import io.spillgate.metrics.RequestRefusal;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// One request of a connection: what was read of it, who takes its body, and its one answer.
///
/// An answer is written at once, or as a head, content and an end. Confined to the connection's
/// loop.
final class Serving {
    private static final byte[] CONTINUE =
            "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private static final HttpHeaders STREAM_FIELDS =
            new ReadOnlyHttpHeaders(
                    false,
                    "Content-Type",
                    Answer.EVENT_STREAM,
                    "Cache-Control",
                    "no-cache",
                    "X-Accel-Buffering",
                    "no");

    /// After these it is not certain where the next request begins.
    private static final Set<RequestRefusal> FATAL =
            EnumSet.of(
                    RequestRefusal.PARSE,
                    RequestRefusal.LIMIT,
                    RequestRefusal.TIMEOUT,
                    RequestRefusal.INPUT_MEMORY,
                    RequestRefusal.EXPECTATION);

    private final RequestHandler connection;
    private final Site site;
    private final Inquiry inquiry;
    private @Nullable Exchange exchange;
    private @Nullable Permit permit;
    private int status;
    private boolean counted;
    private boolean answered;
    private boolean received;

    Serving(RequestHandler connection, Site site, Inquiry inquiry) {
        this.connection = connection;
        this.site = site;
        this.inquiry = inquiry;
    }

    Channel channel() {
        return connection.channel();
    }

    Site.Station station() {
        return connection.station();
    }

    Inquiry inquiry() {
        return inquiry;
    }

    Intake intake() {
        return inquiry.settings().intake();
    }

    Broker broker() {
        return site.hub().broker();
    }

    void published(Publication.Accepted accepted) {
        station().cells().add(Counter.MESSAGES_PUBLISHED, accepted.fresh() ? 1 : 0);
    }

    /// Runs work for the request that goes on in a task or in the listener of a future. Whatever it
    /// throws closes the connection, as what a handler throws does.
    void guard(Runnable work) {
        site.faults().guard(channel(), work);
    }

    void broken(Throwable cause) {
        site.faults().close(channel(), cause);
    }

    /// Reads from the socket, or pauses.
    void readMore(boolean more) {
        connection.readMore(more);
    }

    /// Whether nothing was answered yet.
    boolean isUntold() {
        return !answered && status == 0;
    }

    /// Counts again what is held of the request's body.
    void account() {
        connection.account();
    }

    /// What is held of the body from here on belongs to something that begins now.
    void renewInput() {
        connection.input().renew();
    }

    /// Bytes of the body that are held.
    int settle() {
        return exchange == null ? 0 : exchange.settle();
    }

    /// Holds a permit until the request is over, whichever way.
    void hold(Permit given) {
        permit = given;
    }

    /// The exchange so far makes way for what begins now.
    void handOver(Runnable begin) {
        endExchange();
        begin.run();
    }

    /// Lets an exchange take the body and answer.
    void begin(Exchange begun, Handler by) {
        inquiry.handler(by);
        exchange = begun;
        station().exchanges(1);
    }

    /// Asks for the body, if the client waits to be asked (RFC 9110 section 10.1.1).
    void inviteBody() {
        if (status == 0 && isBodyPending() && HttpUtil.is100ContinueExpected(inquiry.head())) {
            context()
                    .writeAndFlush(Unpooled.wrappedBuffer(CONTINUE))
                    .addListener(site.faults().closing());
        }
    }

    /// Answers at once.
    void answer(Answer answer, Handler by) {
        inquiry.handler(by);
        answer(answer);
    }

    /// Answers the request; the connection stays if the request was read whole and the client wants
    /// it.
    void answer(Answer answer) {
        if (isOpen()) {
            write(answer, mustClose());
        }
    }

    /// Answers a request that is not served, and counts why. An answer that has begun is cut.
    void refuse(Answer answer, RequestRefusal reason) {
        if (!isOpen()) {
            return;
        }
        station().cells().rejected(reason);
        if (status == 0) {
            Answer told = inquiry.settings().shedding().named(answer, () -> Counter.label(reason));
            write(told, FATAL.contains(reason) || mustClose());
        } else {
            cut();
        }
    }

    /// Writes the one answer of a connection, whatever the request was.
    void answerLast(Answer answer) {
        write(answer, true);
    }

    /// The connection becomes an event stream.
    void stream(List<String> topics, @Nullable String lastEventId) {
        boolean chunked = !inquiry.isHttp10();
        connection.stream(streamAccepted(chunked), chunked, topics, lastEventId, streamBegan());
    }

    /// The head that an event stream would have, without one.
    void streamHead() {
        boolean close = mustClose() || inquiry.isHttp10();
        byte[] head = streamAccepted(!close);
        finish(context().writeAndFlush(Unpooled.wrappedBuffer(head)), close);
    }

    /// Writes the head of an answer whose content follows.
    ///
    /// @param bytes released here
    void beginAnswer(int code, ByteBuf bytes) {
        status = code;
        write(bytes);
    }

    /// Writes more of the answer.
    ///
    /// @param bytes released here
    void write(ByteBuf bytes) {
        ChannelHandlerContext context = context();
        context.write(bytes, context.voidPromise());
    }

    void flush() {
        context().flush();
    }

    /// Writes the last bytes of the answer.
    ///
    /// @param bytes released here
    /// @param close whether the client was told that the connection ends, or learns of the answer's
    ///   end by it
    void endAnswer(ByteBuf bytes, boolean close) {
        count();
        finish(context().writeAndFlush(bytes), close || mustClose());
    }

    /// Ends an answer that will never be complete, and does not look as if it were.
    void cut() {
        leave();
        context().flush();
        if (inquiry.isHttp10()) {
            channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        channel().close();
    }

    /// Counts and logs the answer that has begun, if it was not counted yet.
    void count() {
        if (status != 0 && !counted) {
            counted = true;
            inquiry.answered(status, station().cells(), channel().remoteAddress());
        }
    }

    /// The connection's bytes are no HTTP any more; the exchange gets and sends them.
    void tunnel() {
        connection.tunnel();
    }

    /// Whether the connection can't be kept after the answer.
    boolean mustClose() {
        return !inquiry.isKeepAlive() || isBodyPending() || site.lifecycle().isEnding();
    }

    /// Whether content of the request is still to come.
    boolean isBodyPending() {
        return !received && inquiry.hasBody();
    }

    /// Bytes for the exchange: of the body, or what is no HTTP.
    void take(ByteBuf piece) {
        if (exchange != null) {
            exchange.content(piece);
        }
    }

    /// The end of the body, for the exchange.
    void takeEnd(HttpHeaders trailers) {
        if (!answered && exchange != null) {
            exchange.end(trailers);
        }
    }

    /// A part of the body has come.
    void receive(HttpContent content) {
        if (content.decoderResult().isFailure()) {
            refuse(
                    Answer.of(Refusal.badRequest("The body's chunks are malformed")),
                    RequestRefusal.PARSE);
        } else if (content.content().isReadable()) {
            take(content.content());
        }
    }

    /// The request was read whole.
    void receiveEnd(LastHttpContent last) {
        received = true;
        takeEnd(last.trailingHeaders());
    }

    /// Whether the next request may follow: this one is read and answered, and its permit given
    /// back, so that a connection is not in its own way.
    boolean isOver() {
        return answered && received && permit == null;
    }

    void writable() {
        if (exchange != null) {
            exchange.writable();
        }
    }

    void visit(long nowNanos) {
        if (exchange != null) {
            exchange.visit(nowNanos);
        }
    }

    Deadlines.Verdict verdict(Deadlines deadlines, long nowNanos, Settings.Times times) {
        if (answered) {
            return deadlines.unread(nowNanos, times);
        }
        if (exchange != null && exchange.isEndless()) {
            return deadlines.silence(nowNanos, times);
        }
        return isBodyPending() ? deadlines.body(nowNanos, times) : Deadlines.Verdict.FINE;
    }

    /// Nothing is answered any more.
    void leave() {
        if (exchange != null) {
            exchange.abandon();
            endExchange();
        }
        count();
        if (!answered) {
            release();
        }
    }

    private boolean isOpen() {
        return !answered && !connection.isDone();
    }

    private byte[] streamAccepted(boolean chunked) {
        inquiry.handler(Handler.SUBSCRIBE);
        status = 200;
        count();
        return Framing.stream(STREAM_FIELDS, inquiry.policy(), chunked);
    }

    private void write(Answer answer, boolean close) {
        status = answer.status();
        count();
        ChannelHandlerContext context = context();
        finish(context.writeAndFlush(inquiry.encode(answer, close, context.alloc())), close);
    }

    private void finish(ChannelFuture written, boolean close) {
        answered = true;
        if (written.isDone()) {
            release();
            closeUnless(written);
        } else {
            written.addListener(_ -> guard(() -> left(written)));
        }
        if (close) {
            leave();
        } else {
            endExchange();
        }
        connection.answered(written, close);
    }

    /// An answer that took its time has left for good.
    private void left(ChannelFuture written) {
        boolean held = permit != null;
        release();
        closeUnless(written);
        if (held) {
            connection.written(this);
        }
    }

    private void closeUnless(ChannelFuture written) {
        if (!written.isSuccess()) {
            broken(written.cause());
        }
    }

    /// What is to be done when the head of an event stream and its replay are written.
    private Runnable streamBegan() {
        Permit held = permit;
        permit = null;
        return inquiry.settings().shedding().begun(held, channel());
    }

    private void release() {
        if (permit != null) {
            permit.release();
            permit = null;
        }
    }

    private void endExchange() {
        if (exchange != null) {
            exchange = null;
            station().exchanges(-1);
        }
    }

    private ChannelHandlerContext context() {
        return connection.context();
    }
}
