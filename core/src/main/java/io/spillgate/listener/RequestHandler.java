package io.spillgate.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.spillgate.limits.InputHolder;
import io.spillgate.metrics.ConnectionRefusal;
import io.spillgate.metrics.RequestRefusal;
import io.spillgate.net.Sweep;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.TimeUnit;

/// The last handler of a connection: serves one request after the other, each as a [Serving].
///
/// ```
///   RECEIVING_HEAD ──head──▶ SERVING ──answered and body read──▶ RECEIVING_HEAD
///         │                     ├──event stream──▶ DONE: the connection is a StreamHandler's
///         │                     ├──upgrade───────▶ TUNNELLING: raw bytes for the Serving
///         └──refused────────────┴──last answer───▶ DONE: it is closed when the answer has arrived
/// ```
///
/// Confined to the connection's loop.
final class RequestHandler extends ChannelInboundHandlerAdapter implements Sweep.Member {
    private static final long PATIENCE_ABOVE_CAP_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Site site;
    private final Site.Station station;
    private final RequestDecoder decoder;
    private final boolean held;
    private final Deadlines deadlines;
    private final InputHolder input;
    private ChannelHandlerContext ctx;
    private State state = State.RECEIVING_HEAD;
    private @Nullable Peer peer;
    private @Nullable Serving serving;
    private int place;

    /// @param held whether this connection has a place below the cap; else it is only told that it
    ///   has none
    @SuppressWarnings({
        "NullAway.Init", // ctx is set when the handler is added, before anything else
        "this-escape" // final class
    })
    RequestHandler(Site site, Site.Station station, RequestDecoder decoder, boolean held) {
        this.site = site;
        this.station = station;
        this.decoder = decoder;
        this.held = held;
        deadlines = new Deadlines(decoder, System.nanoTime());
        input = new InputHolder(station.input(), this::shed);
    }

    private enum State {
        RECEIVING_HEAD,
        SERVING,
        TUNNELLING,
        DONE
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        decoder.onReceived(this::received);
        station.sweep().add(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        station.sweep().remove(this);
        input.holds(0);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            switch (state) {
                case DONE -> {}
                case TUNNELLING -> {
                    serving().take((ByteBuf) message);
                    received();
                }
                case RECEIVING_HEAD, SERVING -> receive(message);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        state = State.DONE;
        if (serving != null) {
            serving.leave();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (serving == null || state == State.DONE || !channel().isWritable()) {
            return;
        }
        if (serving.isOver()) {
            nextRequest();
        } else {
            serving.writable();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        site.faults().close(context.channel(), cause);
    }

    /// Enforces the times of receiving a request.
    @Override
    public void visit(long nowNanos) {
        site.faults().guard(channel(), () -> enforce(nowNanos));
    }

    private void enforce(long nowNanos) {
        if (serving != null) {
            serving.visit(nowNanos);
        }
        account();
        boolean unwanted = !held && state != State.DONE;
        if (unwanted && nowNanos - deadlines.acceptedNanos() >= PATIENCE_ABOVE_CAP_NANOS) {
            refuseConnection(null);
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

    ChannelHandlerContext context() {
        return ctx;
    }

    Site.Station station() {
        return station;
    }

    /// Whether nothing more can be answered.
    boolean isDone() {
        return state == State.DONE;
    }

    /// What the connection holds of unfinished input.
    InputHolder input() {
        return input;
    }

    /// Counts again what is held.
    ///
    /// @return whether it is more than before
    boolean account() {
        return input.holds(
                state == State.DONE
                        ? 0
                        : decoder.heldBytes() + (serving == null ? 0L : serving.settle()));
    }

    /// Reads from the socket, or pauses; the clocks of receiving stand still meanwhile.
    void readMore(boolean more) {
        deadlines.reading(more, System.nanoTime());
        channel().config().setAutoRead(more);
    }

    /// The connection becomes an event stream.
    ///
    /// @param began run when the head and the replay are written, or nobody is there any more
    void stream(
            byte[] head,
            boolean chunked,
            List<String> topics,
            @Nullable String lastEventId,
            Runnable began) {
        state = State.DONE;
        readMore(true);
        ctx.pipeline()
                .addLast(
                        new StreamHandler(
                                station.shard()
                                        .join(
                                                channel(),
                                                head,
                                                chunked,
                                                topics,
                                                lastEventId,
                                                began)));
        ctx.pipeline().remove(decoder);
        ctx.pipeline().remove(this);
    }

    /// From here on the bytes of the connection are no HTTP.
    void tunnel() {
        state = State.TUNNELLING;
        readMore(true);
        ctx.pipeline().remove(decoder);
    }

    /// What follows an answer: the end of the connection, or the next request.
    void answered(ChannelFuture written, boolean close) {
        deadlines.answered(System.nanoTime());
        if (close) {
            state = State.DONE;
            decoder.end();
            account();
            Lingering.close(ctx, written, !held || site.lingering().enter(channel()));
        } else {
            account();
            if (serving().isOver()) {
                nextRequest();
            }
        }
    }

    /// The answer of a request has left for good.
    void written(Serving served) {
        if (served.equals(serving) && state == State.SERVING && served.isOver()) {
            nextRequest();
        }
    }

    private void receive(Object message) {
        if (message instanceof RefusedHead refused) {
            refuseHead(refused);
        } else if (message instanceof HttpRequest head) {
            serve(head);
        }
        if (message instanceof HttpContent content && state != State.DONE) {
            serving().receive(content);
        }
        if (message instanceof LastHttpContent last && state != State.DONE) {
            Serving served = serving();
            served.receiveEnd(last);
            if (served.equals(serving) && served.isOver()) {
                nextRequest();
            }
        }
    }

    /// Takes a decoded head through the stages.
    private void serve(HttpRequest head) {
        Serving begun = begin(Inquiry.of(site.settings(), head, decoder.requestStartNanos()));
        state = State.SERVING;
        if (!held) {
            refuseConnection(head);
        } else if (head.decoderResult().isFailure()) {
            begun.refuse(
                    Answer.of(Refusal.badRequest("The request is malformed")),
                    RequestRefusal.PARSE);
        } else {
            new RequestStages(begun, site, peer()).run();
        }
    }

    private void refuseHead(RefusedHead refused) {
        Serving begun = begin(Inquiry.of(site.settings(), refused, decoder.requestStartNanos()));
        if (!held) {
            refuseConnection(null);
            return;
        }
        station.cells().rejected(refused.refusal().counter());
        begun.answerLast(Answer.of(refused.refusal()));
    }

    /// Tells a connection above the cap that there is no place for it (seed 001 for the body).
    ///
    /// @param head of its request; null when there is none, or none that is sound
    private void refuseConnection(@Nullable HttpRequest head) {
        Serving told = servingOr(deadlines.acceptedNanos());
        station.cells().rejected(ConnectionRefusal.CAP);
        told.answerLast(site.atCapacity(head));
    }

    /// Takes the next request, unless the client does not read the answers that it has asked for.
    private void nextRequest() {
        if (!channel().isWritable()) {
            return;
        }
        serving = null;
        state = State.RECEIVING_HEAD;
        input.renew();
        decoder.next(ctx.pipeline().context(decoder), site.settings().headLimits());
    }

    private Deadlines.Verdict verdict(long nowNanos) {
        Settings.Times times = site.settings().times();
        return switch (state) {
            case RECEIVING_HEAD -> deadlines.head(nowNanos, times);
            case SERVING -> serving().verdict(deadlines, nowNanos, times);
            case TUNNELLING -> Deadlines.Verdict.FINE;
            case DONE -> deadlines.unread(nowNanos, times);
        };
    }

    private void timeOut() {
        servingOr(decoder.requestStartNanos())
                .refuse(Answer.of(Refusal.requestTimeout()), RequestRefusal.TIMEOUT);
    }

    /// A read was decoded.
    private void received() {
        if (account() && station.input().memory().isExceeded()) {
            station.input().relieve();
        }
    }

    /// Makes room for others: refuses what is unfinished, or closes where nothing can be said.
    private void shed() {
        if (state == State.DONE) {
            return;
        }
        if (!held) {
            refuseConnection(null);
            return;
        }
        Serving shed = servingOr(decoder.requestStartNanos());
        if (shed.isUntold()) {
            shed.refuse(Answer.inputMemory(), RequestRefusal.INPUT_MEMORY);
            return;
        }
        station.cells().rejected(RequestRefusal.INPUT_MEMORY);
        state = State.DONE;
        decoder.end();
        shed.cut();
    }

    private @Nullable Peer peer() {
        if (peer == null) {
            peer = Peer.of(channel().remoteAddress());
        }
        return peer;
    }

    private Serving begin(Inquiry inquiry) {
        Serving begun = new Serving(this, site, inquiry);
        serving = begun;
        return begun;
    }

    private Serving servingOr(long startNanos) {
        return serving != null ? serving : begin(Inquiry.unread(site.settings(), startNanos));
    }

    private Serving serving() {
        if (serving == null) {
            throw new IllegalStateException("no request in state " + state);
        }
        return serving;
    }
}
