package io.spillgate.listener;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.spillgate.broker.Broker;
import io.spillgate.broker.Publication;
import io.spillgate.metrics.ConnectionRefusal;
import io.spillgate.metrics.Counter;
import io.spillgate.metrics.Handler;
import io.spillgate.metrics.RequestRefusal;
import io.spillgate.net.Sweep;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// The last handler of a connection: takes one request after the other through the stages and
/// answers it.
///
/// ```
///   RECEIVING_HEAD ──head──▶ SERVING ──answered and body read──▶ RECEIVING_HEAD
///         │                     ├──event stream──▶ DONE: the connection is a StreamHandler's
///         └──refused────────────┴──last answer───▶ DONE: it is closed when the answer has arrived
/// ```
///
/// Confined to the connection's loop.
final class RequestHandler extends ChannelInboundHandlerAdapter implements Sweep.Member {
    private static final Logger LOG = LoggerFactory.getLogger(RequestHandler.class);
    private static final byte[] CONTINUE =
            "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final long PATIENCE_ABOVE_CAP_NANOS = TimeUnit.SECONDS.toNanos(2);

    /// After these it is not certain where the next request begins.
    private static final Set<RequestRefusal> FATAL =
            EnumSet.of(
                    RequestRefusal.PARSE,
                    RequestRefusal.LIMIT,
                    RequestRefusal.TIMEOUT,
                    RequestRefusal.EXPECTATION);

    private final Site site;
    private final Site.Station station;
    private final RequestDecoder decoder;
    private final boolean held;
    private final Deadlines deadlines;
    private ChannelHandlerContext ctx;
    private State state = State.RECEIVING_HEAD;
    private @Nullable Inquiry inquiry;
    private @Nullable Exchange exchange;
    private boolean answered;
    private boolean received;
    private int place;

    /// @param held whether this connection has a place below the cap; else it is only told that it
    ///   has none
    @SuppressWarnings("NullAway.Init") // ctx is set when the handler is added, before anything else
    RequestHandler(Site site, Site.Station station, RequestDecoder decoder, boolean held) {
        this.site = site;
        this.station = station;
        this.decoder = decoder;
        this.held = held;
        deadlines = new Deadlines(decoder, System.nanoTime());
    }

    private enum State {
        RECEIVING_HEAD,
        SERVING,
        DONE
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        station.sweep().add(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        station.sweep().remove(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (state == State.DONE) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof RefusedHead refused) {
            refuseHead(refused);
        } else if (message instanceof HttpRequest head) {
            serve(head);
        }
        if (message instanceof HttpContent content) {
            receive(content);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        state = State.DONE;
        abandonExchange();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (state == State.SERVING && answered && received && channel().isWritable()) {
            nextRequest();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("connection_failed peer={}", context.channel().remoteAddress(), cause);
        }
        context.close();
    }

    /// Enforces the times of receiving a request.
    @Override
    public void visit(long nowNanos) {
        if (exchange != null) {
            exchange.visit(nowNanos);
        }
        if (!held
                && !answered
                && nowNanos - deadlines.acceptedNanos() >= PATIENCE_ABOVE_CAP_NANOS) {
            refuseConnection(List.of());
            return;
        }
        switch (verdict(nowNanos)) {
            case FINE -> {}
            case CLOSE -> ctx.close();
            case TIMED_OUT -> timeOut();
        }
    }

    @Override
    public void place(int newPlace) {
        place = newPlace;
    }

    @Override
    public int place() {
        return place;
    }

    /// Closes the connection if no request is under way.
    void closeIfIdle() {
        if (state == State.RECEIVING_HEAD && decoder.headStartNanos() == 0) {
            ctx.close();
        }
    }

    Channel channel() {
        return ctx.channel();
    }

    Site.Station station() {
        return station;
    }

    Intake intake() {
        return inquiry().settings().intake();
    }

    Broker broker() {
        return site.hub().broker();
    }

    void published(Publication.Accepted accepted) {
        station.cells().add(Counter.MESSAGES_PUBLISHED, accepted.fresh() ? 1 : 0);
    }

    /// Reads from the socket, or pauses.
    void readMore(boolean more) {
        channel().config().setAutoRead(more);
    }

    /// Lets an exchange take the body and answer.
    void begin(Exchange begun, Handler by) {
        inquiry().handler(by);
        exchange = begun;
        site.exchanges(1);
        if (isBodyPending() && HttpUtil.is100ContinueExpected(inquiry().head())) {
            ctx.writeAndFlush(Unpooled.wrappedBuffer(CONTINUE));
        }
    }

    /// Answers at once.
    void answer(Answer answer, Handler by) {
        inquiry().handler(by);
        answer(answer);
    }

    /// Answers the request; the connection stays if the request was read whole and the client wants
    /// it.
    void answer(Answer answer) {
        if (!answered && state != State.DONE) {
            write(answer, mustClose());
        }
    }

    /// Answers a request that is not served, and counts why.
    void refuse(Answer answer, RequestRefusal reason) {
        if (!answered && state != State.DONE) {
            station.cells().rejected(reason);
            write(answer, FATAL.contains(reason) || mustClose());
        }
    }

    /// The connection becomes an event stream.
    void stream(List<String> topics, @Nullable String lastEventId) {
        boolean chunked = !inquiry().isHttp10();
        byte[] head = streamAccepted(chunked);
        state = State.DONE;
        readMore(true);
        ctx.pipeline()
                .addLast(
                        new StreamHandler(
                                station.shard()
                                        .join(channel(), head, chunked, topics, lastEventId)));
        ctx.pipeline().remove(decoder);
        ctx.pipeline().remove(this);
    }

    /// The head that an event stream would have, without one.
    void streamHead() {
        boolean close = mustClose() || inquiry().isHttp10();
        byte[] head = streamAccepted(!close);
        finish(ctx.writeAndFlush(Unpooled.wrappedBuffer(head)), close);
    }

    private byte[] streamAccepted(boolean chunked) {
        inquiry().handler(Handler.SUBSCRIBE);
        inquiry().answered(200, station.cells(), channel().remoteAddress());
        return StreamHead.bytes(chunked, inquiry().cors());
    }

    /// Takes a decoded head through the stages.
    private void serve(HttpRequest head) {
        inquiry = Inquiry.of(site.settings(), head, decoder.requestStartNanos());
        state = State.SERVING;
        if (!held) {
            refuseConnection(head.headers().getAll(HttpHeaderNames.ACCEPT));
        } else if (head.decoderResult().isFailure()) {
            refuse(Answer.of(Refusal.badRequest("The request is malformed")), RequestRefusal.PARSE);
        } else {
            new RequestStages(this, site, inquiry).run();
        }
    }

    private void refuseHead(RefusedHead refused) {
        inquiry = Inquiry.of(site.settings(), refused, decoder.requestStartNanos());
        if (!held) {
            refuseConnection(List.of());
            return;
        }
        station.cells().rejected(refused.refusal().counter());
        write(Answer.of(refused.refusal()), true);
    }

    /// Tells a connection above the cap that there is no place for it (seed 001 for the body).
    private void refuseConnection(List<String> accept) {
        if (inquiry == null) {
            inquiry = Inquiry.unread(site.settings(), deadlines.acceptedNanos());
        }
        station.cells().rejected(ConnectionRefusal.CAP);
        write(
                Answer.atCapacity(Accepts.namesEventStream(accept), site.connections().limit()),
                true);
    }

    private void receive(HttpContent content) {
        try {
            if (content.decoderResult().isFailure()) {
                refuse(
                        Answer.of(Refusal.badRequest("The body's chunks are malformed")),
                        RequestRefusal.PARSE);
            } else if (exchange != null && content.content().isReadable()) {
                exchange.content(content.content());
            }
        } finally {
            content.release();
        }
        if (!(content instanceof LastHttpContent) || state == State.DONE) {
            return;
        }
        received = true;
        if (answered) {
            nextRequest();
        } else if (exchange != null) {
            exchange.end();
        }
    }

    private void write(Answer answer, boolean close) {
        Inquiry asked = inquiry();
        asked.answered(answer.status(), station.cells(), channel().remoteAddress());
        finish(ctx.writeAndFlush(asked.encode(answer, close, ctx.alloc())), close);
    }

    /// What follows an answer: the end of the connection, or the next request.
    private void finish(ChannelFuture written, boolean close) {
        answered = true;
        deadlines.answered(System.nanoTime());
        if (close) {
            state = State.DONE;
            abandonExchange();
            Lingering.close(ctx, written, !held || site.lingering().enter(channel()));
            return;
        }
        endExchange();
        if (received) {
            nextRequest();
        }
    }

    /// Takes the next request, unless the client does not read the answers that it has asked for.
    private void nextRequest() {
        if (!channel().isWritable()) {
            return;
        }
        inquiry = null;
        answered = false;
        received = false;
        state = State.RECEIVING_HEAD;
        decoder.next(ctx.pipeline().context(decoder), site.settings().headLimits());
    }

    private Deadlines.Verdict verdict(long nowNanos) {
        Settings.Times times = site.settings().times();
        if (state == State.RECEIVING_HEAD) {
            return deadlines.head(nowNanos, times);
        }
        if (state == State.DONE || answered) {
            return deadlines.unread(nowNanos, times);
        }
        if (exchange != null && exchange.isEndless()) {
            return exchange.isPaused()
                    ? Deadlines.Verdict.FINE
                    : deadlines.silence(nowNanos, times);
        }
        return isBodyPending() ? deadlines.body(nowNanos, times) : Deadlines.Verdict.FINE;
    }

    private void timeOut() {
        if (inquiry == null) {
            inquiry = Inquiry.unread(site.settings(), decoder.requestStartNanos());
        }
        refuse(Answer.of(Refusal.requestTimeout()), RequestRefusal.TIMEOUT);
    }

    private void abandonExchange() {
        if (exchange != null) {
            exchange.abandon();
            endExchange();
        }
    }

    private void endExchange() {
        if (exchange != null) {
            exchange = null;
            site.exchanges(-1);
        }
    }

    private boolean mustClose() {
        return !inquiry().isKeepAlive() || isBodyPending() || site.lifecycle().isEnding();
    }

    /// Whether content of the request is still to come.
    private boolean isBodyPending() {
        return !received && inquiry().hasBody();
    }

    private Inquiry inquiry() {
        if (inquiry == null) {
            throw new IllegalStateException("no request in state " + state);
        }
        return inquiry;
    }
}
