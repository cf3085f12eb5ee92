package io.spillgate.http.http1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.spillgate.http.BodyFraming;
import io.spillgate.http.Connection;
import io.spillgate.http.EventStream;
import io.spillgate.http.EventStreamPlace;
import io.spillgate.http.Peer;
import io.spillgate.http.Refusal;
import io.spillgate.limits.InputHolder;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

/// The last handler of a connection: takes one request after the other, each as an [Http1Stream].
///
/// ```
///   RECEIVING_HEAD ──head──▶ SERVING ──answered and body read──▶ RECEIVING_HEAD
///         │                     ├──event stream──▶ DONE: the connection is its feeder's
///         │                     ├──upgrade───────▶ TUNNELLING: raw bytes for the stream
///         └──refused────────────┴──last answer───▶ DONE: it is closed when the answer has arrived
/// ```
///
/// Confined to the connection's loop.
public final class Http1Connection extends ChannelInboundHandlerAdapter implements Connection {
    /// For connections above the cap, whose places are few, and while the gateway goes.
    private static final long SHORT_LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

    /// Who opens a connection while the gateway goes sends a request at once.
    private static final long FIRST_REQUEST_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long PATIENCE_ABOVE_CAP_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final ConnectionHome home;
    private final RequestDecoder decoder;
    private final boolean held;
    private final Deadlines deadlines;
    private final InputHolder input;
    private ChannelHandlerContext ctx;
    private State state = State.RECEIVING_HEAD;
    private @Nullable Peer peer;
    private @Nullable Http1Stream stream;
    private int place;

    @SuppressWarnings({
        "NullAway.Init", // ctx is set when the handler is added, before anything else
        "this-escape" // final class
    })
    private Http1Connection(ConnectionHome home, RequestDecoder decoder, boolean held) {
        this.home = home;
        this.decoder = decoder;
        this.held = held;
        deadlines = new Deadlines(decoder::headStartNanos, decoder::heardNanos, now());
        input = new InputHolder(home.input(), this::shed);
    }

    private enum State {
        RECEIVING_HEAD,
        SERVING,
        TUNNELLING,
        DONE
    }

    /// Serves an accepted connection.
    ///
    /// @param held whether this connection has a place below the cap; else it is only told that it
    ///   has none
    public static Connection begin(Channel channel, ConnectionHome home, boolean held) {
        RequestDecoder decoder = new RequestDecoder(home.headLimits(), home.meter());
        Http1Connection connection = new Http1Connection(home, decoder, held);
        channel.pipeline().addLast(decoder, connection);
        return connection;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        decoder.onReceived(this::received);
        home.sweep().add(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        home.sweep().remove(this);
        input.holds(0);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            switch (state) {
                case DONE -> {}
                case TUNNELLING -> {
                    stream().handler().content((ByteBuf) message);
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
        if (stream != null) {
            stream.handler().gone();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (stream == null || state == State.DONE || !channel().isWritable()) {
            return;
        }
        if (stream.isOver()) {
            nextRequest();
        } else {
            stream.handler().writable();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        home.faults().close(context.channel(), cause);
    }

    /// Enforces the times of receiving a request.
    @Override
    public void visit(long nowNanos) {
        home.faults().guard(channel(), () -> enforce(nowNanos));
    }

    private void enforce(long nowNanos) {
        if (stream != null) {
            stream.handler().visit(nowNanos);
        }
        account();
        boolean unwanted = !held && state != State.DONE;
        if (unwanted && nowNanos - deadlines.acceptedNanos() >= PATIENCE_ABOVE_CAP_NANOS) {
            streamOr(deadlines.acceptedNanos()).handler().atCapacity();
            return;
        }
        Deadlines.Verdict verdict = verdict(nowNanos);
        switch (verdict) {
            case FINE -> {}
            // what is torn comes without the closing alert of TLS
            case CLOSE ->
                    (state == State.RECEIVING_HEAD ? ctx : ctx.pipeline().firstContext()).close();
            case HEAD_LATE, REQUEST_LATE, SILENT ->
                    streamOr(decoder.requestStartNanos()).handler().timedOut(verdict.keys());
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

    @Override
    public void closeIfIdle() {
        if (state != State.RECEIVING_HEAD || decoder.headStartNanos() != 0) {
            return;
        }
        long left = deadlines.firstRequestLeft(FIRST_REQUEST_NANOS, now());
        if (left <= 0) {
            ctx.close();
        } else {
            channel().eventLoop().schedule(this::closeIfIdle, left, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public Channel channel() {
        return ctx.channel();
    }

    /// Whether it comes over TLS.
    boolean isSecure() {
        return channel().pipeline().get(SslHandler.class) != null;
    }

    ChannelHandlerContext context() {
        return ctx;
    }

    @Nullable Peer peer() {
        if (peer == null) {
            peer = Peer.of(channel().remoteAddress());
        }
        return peer;
    }

    private long now() {
        return home.meter().nanoTime().getAsLong();
    }

    ConnectionHome home() {
        return home;
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
        assert channel().eventLoop().inEventLoop();
        return input.holds(
                state == State.DONE
                        ? 0
                        : decoder.heldBytes() + (stream == null ? 0L : stream.handler().settle()));
    }

    /// Reads from the socket, or pauses; the clocks of receiving stand still meanwhile.
    void readMore(boolean more) {
        assert channel().eventLoop().inEventLoop();
        deadlines.reading(more, now());
        channel().config().setAutoRead(more);
    }

    /// The connection becomes an event stream.
    ///
    /// @param head of the response
    void becomeEventStream(
            byte[] head, BodyFraming framing, Function<EventStreamPlace, EventStream> join) {
        state = State.DONE;
        readMore(true);
        boolean pulls = home.transport().writesAtOnce() && !isSecure();
        EventStreamPlace where = new Http1Place(channel(), pulls, home.faults(), head, framing);
        ctx.pipeline().addLast(new EventStreamHandler(join.apply(where)));
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
        deadlines.answered(now());
        if (close) {
            state = State.DONE;
            decoder.end();
            account();
            boolean place = !held || home.mayLinger(channel());
            LongSupplier most = place ? this::lingerNanos : () -> 0;
            Lingering.close(ctx, written, most, home.meter().nanoTime());
        } else {
            account();
            if (stream().isOver()) {
                nextRequest();
            }
        }
    }

    /// How long the connection lingers, as things are now.
    private long lingerNanos() {
        long most = home.times().lingerNanos();
        return held && !home.isEnding() ? most : Math.min(most, SHORT_LINGER_NANOS);
    }

    /// The answer of a request has left for good.
    void written(Http1Stream served) {
        if (served.equals(stream) && state == State.SERVING && served.isOver()) {
            nextRequest();
        }
    }

    private void receive(Object message) {
        if (message instanceof RefusedHead refused) {
            Http1Stream begun =
                    begin(Http1Stream.refused(this, refused, decoder.requestStartNanos()));
            if (held) {
                begun.handler().refuseHead(refused.refusal());
            } else {
                begun.handler().atCapacity();
            }
        } else if (message instanceof HttpRequest head) {
            serve(head);
        }
        if (message instanceof HttpContent content && state != State.DONE) {
            stream().receive(content);
        }
        if (message instanceof LastHttpContent last && state != State.DONE) {
            Http1Stream served = stream();
            served.receiveEnd(last);
            if (served.equals(stream) && served.isOver()) {
                nextRequest();
            }
        }
    }

    private void serve(HttpRequest head) {
        Http1Stream begun = begin(Http1Stream.of(this, head, decoder.requestStartNanos()));
        state = State.SERVING;
        if (!held) {
            begun.handler().atCapacity();
        } else if (head.decoderResult().isFailure()) {
            begun.handler().refuseHead(Refusal.badRequest("The request is malformed"));
        } else {
            begun.handler().serve();
        }
    }

    /// Takes the next request, unless the client does not read the answers that it has asked for.
    private void nextRequest() {
        if (!channel().isWritable()) {
            return;
        }
        stream = null;
        state = State.RECEIVING_HEAD;
        input.renew();
        decoder.next(ctx.pipeline().context(decoder), home.headLimits());
    }

    private Deadlines.Verdict verdict(long nowNanos) {
        ReceiveTimes times = home.times();
        return switch (state) {
            case RECEIVING_HEAD -> deadlines.head(nowNanos, times);
            case SERVING -> stream().verdict(deadlines, nowNanos, times);
            case TUNNELLING -> Deadlines.Verdict.FINE;
            case DONE -> deadlines.unread(nowNanos, times);
        };
    }

    /// A read was decoded.
    private void received() {
        if (account() && home.input().memory().isExceeded()) {
            home.input().relieve();
        }
    }

    /// Makes room for others: refuses what is unfinished, or closes where nothing can be said.
    private void shed() {
        if (state == State.DONE) {
            return;
        }
        Http1Stream oldest = streamOr(decoder.requestStartNanos());
        if (!held) {
            oldest.handler().atCapacity();
        } else if (!oldest.handler().shed()) {
            state = State.DONE;
            decoder.end();
            oldest.reset();
        }
    }

    private Http1Stream begin(Http1Stream begun) {
        assert channel().eventLoop().inEventLoop();
        stream = begun;
        return begun;
    }

    private Http1Stream streamOr(long startNanos) {
        return stream != null ? stream : begin(Http1Stream.unread(this, startNanos));
    }

    private Http1Stream stream() {
        if (stream == null) {
            throw new IllegalStateException("no request in state " + state);
        }
        return stream;
    }
}
