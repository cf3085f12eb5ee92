package io.spillgate.http.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.spillgate.http.BodyFraming;
import io.spillgate.http.EventStream;
import io.spillgate.http.EventStreamPlace;
import io.spillgate.http.Peer;
import io.spillgate.http.Response;
import io.spillgate.http.ServerStream;
import io.spillgate.http.StreamHandler;
import io.spillgate.net.Cut;

import org.jspecify.annotations.Nullable;

import java.util.function.Function;

/// One request of an [Http1Connection], and the bytes of its answer.
///
/// The connection stays if the request was read whole and the client wants it. Confined to the
/// connection's loop, as [Http1Connection] asserts.
final class Http1Stream implements ServerStream {
    private static final int CONTINUE = 100;

    private final Http1Connection connection;
    private final @Nullable HttpRequest head;
    private final @Nullable String origin;
    private final boolean headMethod;
    private final long startNanos;
    private final long contentLength;
    private final StreamHandler handler;
    private final WriteStallDetector writeStall = new WriteStallDetector();
    private Framing framing = Framing.NONE;
    private int status;
    private boolean close;
    private boolean tunnel;
    private boolean answered;
    private boolean received;

    /// Whether the client sends its body when it is asked for it: it is not the one who is late.
    private boolean waits;

    @SuppressWarnings("this-escape") // final class; the handler only keeps the reference
    private Http1Stream(
            Http1Connection connection,
            @Nullable HttpRequest head,
            @Nullable String origin,
            boolean headMethod,
            long startNanos) {
        this.connection = connection;
        this.head = head;
        this.origin = origin;
        this.headMethod = headMethod;
        this.startNanos = startNanos;
        contentLength = head == null ? 0 : contentLength(head);
        waits = head != null && contentLength != 0 && HttpUtil.is100ContinueExpected(head);
        handler = connection.home().open(this);
    }

    /// A request whose head was decoded.
    static Http1Stream of(Http1Connection connection, HttpRequest head, long startNanos) {
        boolean headMethod = head.method().name().equals("HEAD");
        String origin = head.headers().get(HttpHeaderNames.ORIGIN);
        return new Http1Stream(connection, head, origin, headMethod, startNanos);
    }

    /// A request whose head was refused.
    static Http1Stream refused(Http1Connection connection, RefusedHead head, long startNanos) {
        return new Http1Stream(connection, null, head.origin(), head.head(), startNanos);
    }

    /// A request that did not come in time.
    static Http1Stream unread(Http1Connection connection, long startNanos) {
        return new Http1Stream(connection, null, null, false, startNanos);
    }

    /// Who serves it.
    StreamHandler handler() {
        return handler;
    }

    @Override
    public HttpRequest head() {
        if (head == null) {
            throw new IllegalStateException("the head was not read");
        }
        return head;
    }

    @Override
    public boolean hasHead() {
        return head != null;
    }

    @Override
    public @Nullable String origin() {
        return origin;
    }

    @Override
    public String target() {
        return HeadRules.originForm(head().uri());
    }

    @Override
    public String scheme() {
        return connection.isSecure() ? "https" : "http";
    }

    @Override
    public boolean isHttp10() {
        return head != null && head.protocolVersion().equals(HttpVersion.HTTP_1_0);
    }

    @Override
    public long contentLength() {
        return contentLength;
    }

    @Override
    public boolean isBodyPending() {
        return !received && contentLength != 0;
    }

    @Override
    public long startNanos() {
        return startNanos;
    }

    @Override
    public EventLoop loop() {
        return channel().eventLoop();
    }

    @Override
    public @Nullable Peer peer() {
        return connection.peer();
    }

    @Override
    public void invite() {
        if (status == 0 && waits && isBodyPending()) {
            waits = false;
            interim(CONTINUE, EmptyHttpHeaders.INSTANCE);
        }
    }

    @Override
    public void read(boolean more) {
        connection.readMore(more);
    }

    @Override
    public void account() {
        connection.account();
    }

    @Override
    public void renewInput() {
        connection.input().renew();
    }

    @Override
    public void endFlood(int heldBytes) {
        PeerCloseProbe.endFlood(channel(), heldBytes);
    }

    @Override
    public boolean isOpen() {
        return !answered && !connection.isDone();
    }

    @Override
    public void interim(int code, HttpHeaders fields) {
        if (!isHttp10()) {
            writeRaw(Framing.interim(channel().alloc(), code, fields, ""));
            flush();
        }
    }

    @Override
    public void respond(Response response, HttpHeaders policy, boolean last) {
        started(response.status(), response.fields());
        handler.ending();
        boolean ends = last || mustClose();
        ByteBuf bytes =
                Framing.whole(channel().alloc(), response, policy, headMethod, ends, isHttp10());
        finish(context().writeAndFlush(bytes), ends);
    }

    @Override
    public void begin(int code, String reason, HttpHeaders fields, HttpHeaders policy) {
        framing = Framing.of(code, fields, headMethod, isHttp10());
        close = mustClose() || framing == Framing.CLOSE;
        started(code, fields);
        writeRaw(framing.head(channel().alloc(), code, reason, fields, policy, close, isHttp10()));
    }

    @Override
    public void write(ByteBuf piece) {
        if (framing != Framing.CHUNKED || !piece.isReadable()) {
            writeRaw(piece);
            return;
        }
        writeRaw(Framing.chunkBegin(channel().alloc(), piece.readableBytes()));
        writeRaw(piece);
        writeRaw(Framing.chunkEnd());
    }

    @Override
    public void flush() {
        context().flush();
    }

    @Override
    public void end(HttpHeaders trailers) {
        if (tunnel) {
            channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        } else {
            handler.ending();
            ChannelFuture written =
                    context().writeAndFlush(framing.end(channel().alloc(), trailers));
            finish(written, close || mustClose());
        }
    }

    @Override
    public void reset() {
        handler.gone();
        context().flush();
        if (isHttp10() && channel().isOpen()) {
            channel().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        Cut.now(channel());
    }

    @Override
    public void broken(Throwable cause) {
        connection.home().faults().close(channel(), cause);
    }

    @Override
    public void drop() {
        Cut.now(channel());
    }

    @Override
    public void upgrade(HttpHeaders fields, String protocol) {
        tunnel = true;
        String change = "Connection: Upgrade\r\nUpgrade: " + protocol + "\r\n";
        started(101, fields);
        writeRaw(Framing.interim(channel().alloc(), 101, fields, change));
        flush();
        connection.tunnel();
    }

    @Override
    public void becomeEventStream(
            HttpHeaders fields, HttpHeaders policy, Function<EventStreamPlace, EventStream> join) {
        BodyFraming body = isHttp10() ? BodyFraming.NOTHING : BodyFraming.CHUNKS;
        started(200, fields);
        byte[] bytes = Framing.stream(fields, policy, body);
        connection.becomeEventStream(bytes, body, join);
    }

    @Override
    public void respondEventStreamHead(HttpHeaders fields, HttpHeaders policy) {
        boolean ends = mustClose() || isHttp10();
        started(200, fields);
        BodyFraming body = ends ? BodyFraming.NOTHING : BodyFraming.CHUNKS;
        byte[] bytes = Framing.stream(fields, policy, body);
        finish(context().writeAndFlush(Unpooled.wrappedBuffer(bytes)), ends);
    }

    @Override
    public boolean isWritable() {
        return channel().isWritable();
    }

    @Override
    public long stalledNanos(long nowNanos) {
        return writeStall.stalledNanos(channel(), nowNanos);
    }

    @Override
    public boolean hasPeerLeft() {
        return !channel().config().isAutoRead() && PeerCloseProbe.isNoticed(channel());
    }

    @Override
    public void guard(Runnable work) {
        connection.home().faults().guard(channel(), work);
    }

    /// A part of the body has come.
    void receive(HttpContent content) {
        if (content.decoderResult().isFailure()) {
            handler.malformedContent();
        } else if (content.content().isReadable()) {
            waits = false;
            handler.content(content.content());
        }
    }

    /// The request was read whole.
    void receiveEnd(LastHttpContent last) {
        received = true;
        if (!answered) {
            handler.end(last.trailingHeaders());
        }
    }

    /// Whether the next request may follow: this one is read and answered, and its permit given
    /// back, so that a connection is not in its own way.
    boolean isOver() {
        return answered && received && handler.isReleased();
    }

    Deadlines.Verdict verdict(Deadlines deadlines, long nowNanos, ReceiveTimes times) {
        if (answered) {
            return deadlines.unread(nowNanos, times);
        }
        if (!isBodyPending() || waits) {
            return deadlines.excused(nowNanos);
        }
        return handler.isEndless()
                ? deadlines.silence(nowNanos, times)
                : deadlines.body(nowNanos, times);
    }

    /// Whether the connection can't be kept after the answer.
    private boolean mustClose() {
        boolean keep = head != null && HttpUtil.isKeepAlive(head);
        return !keep || isBodyPending() || connection.home().isEnding();
    }

    private static long contentLength(HttpRequest head) {
        return HttpUtil.isTransferEncodingChunked(head) ? -1 : HttpUtil.getContentLength(head, 0L);
    }

    private void started(int code, HttpHeaders fields) {
        status = code;
        handler.begun(code, fields);
    }

    private void finish(ChannelFuture written, boolean ends) {
        answered = true;
        if (written.isDone()) {
            left(written);
        } else {
            written.addListener(_ -> guard(() -> leftLate(written)));
        }
        handler.answered(ends);
        connection.answered(written, ends);
    }

    private void left(ChannelFuture written) {
        handler.left();
        if (!written.isSuccess()) {
            broken(written.cause());
        }
    }

    private void leftLate(ChannelFuture written) {
        boolean held = !handler.isReleased();
        left(written);
        if (held) {
            connection.written(this);
        }
    }

    private void writeRaw(ByteBuf bytes) {
        ChannelHandlerContext context = context();
        context.write(bytes, context.voidPromise());
    }

    private ChannelHandlerContext context() {
        return connection.context();
    }

    private Channel channel() {
        return connection.channel();
    }
}
