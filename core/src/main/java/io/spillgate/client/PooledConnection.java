package io.spillgate.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
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
import io.spillgate.net.Sweep;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Locale;

/// One connection of a pool: writes requests, pairs the answers with them, watches the clocks.
///
/// ```
///   idle ──take──▶ busy ──last answer complete, reusable──▶ idle
///     │              ├──answer to an upgrade──▶ raw bytes
///     └──worn out────┴──failure, not reusable──▶ shut
/// ```
///
/// Confined to the channel's loop, but for what says otherwise.
final class PooledConnection extends ChannelInboundHandlerAdapter implements Sweep.Member {
    private static final Logger LOG = LoggerFactory.getLogger(PooledConnection.class);
    private static final int MAX_INTERIM = 50;
    private static final byte[] CRLF = {'\r', '\n'};

    private final Pool pool;
    private final Endpoint endpoint;
    private final Channel channel;
    private final EventLoop loop;
    private final Patrol patrol;
    private final ResponseDecoder decoder = new ResponseDecoder(this);
    private final ConnectionTimes times;
    private final ArrayDeque<Call> calls = new ArrayDeque<>(4);
    private final ChannelFutureListener touch =
            written -> {
                if (written.isSuccess()) {
                    touch();
                }
            };

    // Guarded by the pool's lock.
    int reserved;
    boolean exclusive;
    boolean closing;
    long idleSinceNanos;

    /// Nobody has used it, and it was not idle. Read with the pool's lock held.
    volatile boolean fresh = true;

    /// When the oldest request without an answer was sent; 0 = there is none.
    private volatile long oldestNanos;

    private boolean keepAlive;
    private boolean interim;
    private boolean upgraded;
    private boolean shut;
    private int interims;
    private int served;
    private long uploadLeft;
    private long activeNanos;
    private int place;

    PooledConnection(Pool pool, Endpoint endpoint, Channel channel, Patrol patrol) {
        this.pool = pool;
        this.endpoint = endpoint;
        this.channel = channel;
        this.patrol = patrol;
        loop = channel.eventLoop();
        times = new ConnectionTimes(pool.settings(), System.nanoTime());
    }

    /// Begins to read; called once, on the loop.
    void start() {
        channel.pipeline().addLast(decoder, this);
        patrol.add(this);
        touch();
        channel.config().setAutoRead(true);
        if (!channel.isActive()) {
            shut();
        }
    }

    EventLoop loop() {
        return loop;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /// Whether it was idle for too long, or is too old, for another request. With the pool's lock
    /// held.
    boolean isWornOut(long nowNanos) {
        return times.isWornOut(idleSinceNanos, nowNanos);
    }

    /// Whether one more request may follow those on the way. With the pool's lock held.
    boolean mayPipeline(int depth, long safeNanos, long nowNanos) {
        long oldest = oldestNanos;
        return reserved > 0
                && reserved < depth
                && !exclusive
                && !closing
                && !times.isExpired(nowNanos)
                && (oldest == 0 || nowNanos - oldest <= safeNanos);
    }

    /// Sends a call that the pool has given to this connection. Any thread.
    void take(Call call) {
        if (loop.inEventLoop()) {
            begin(call);
        } else {
            loop.execute(() -> begin(call));
        }
    }

    /// Any thread.
    void cancelSoon(Call call) {
        if (loop.inEventLoop()) {
            cancel(call);
        } else {
            loop.execute(() -> cancel(call));
        }
    }

    /// Any thread.
    void shutSoon() {
        loop.execute(() -> breakOff(PoolFailure.CLOSED, "the connection was closed by us"));
    }

    /// A piece of a streamed body, or raw bytes after an upgrade.
    ///
    /// @param piece released here
    void write(Call call, ByteBuf piece) {
        if (shut || calls.peek() != call || call.complete) {
            piece.release();
            return;
        }
        int size = piece.readableBytes();
        if (size == 0) {
            piece.release();
            return;
        }
        boolean chunked = !upgraded && length(call) < 0;
        if (chunked) {
            channel.write(RequestEncoder.chunkHead(channel.alloc(), size));
            channel.write(piece);
            channel.writeAndFlush(Unpooled.wrappedBuffer(CRLF)).addListener(touch);
        } else {
            uploadLeft -= size;
            channel.writeAndFlush(piece).addListener(touch);
        }
    }

    /// The end of a streamed body; after an upgrade, of what is sent to the backend.
    void end(Call call, HttpHeaders trailers) {
        if (shut || calls.peek() != call || call.complete) {
            return;
        }
        call.complete = true;
        if (upgraded) {
            ((DuplexChannel) channel).shutdownOutput();
        } else if (length(call) < 0) {
            channel.writeAndFlush(RequestEncoder.lastChunk(channel.alloc(), trailers));
        } else if (uploadLeft != 0) {
            breakOff(PoolFailure.PROTOCOL, "the request's body is not as long as was announced");
        }
    }

    void read(Call call, boolean more) {
        call.wanted = more;
        call.taken |= more;
        steerReading();
    }

    /// Content has arrived at a caller on another loop.
    void arrived(Call call, int bytes) {
        call.inTransitBytes -= bytes;
        steerReading();
    }

    /// Bytes came from the backend.
    ///
    /// @return whether an answer is awaited; if not, the connection is closed now
    boolean heard() {
        Call call = calls.peek();
        if (call == null) {
            shut();
            return false;
        }
        touch();
        call.answering = true;
        return true;
    }

    boolean isAnsweringHead() {
        Call call = calls.peek();
        return call != null && call.request().method().equals("HEAD");
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (shut) {
                return;
            }
            if (message instanceof HttpResponse response) {
                head(response);
            } else if (message instanceof HttpContent content) {
                content(content);
            } else if (message instanceof ByteBuf raw) {
                raw(raw);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        Call call = calls.peek();
        if (call != null && call.headTold) {
            call.tellFlush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        Call call = calls.peek();
        if (call != null && call.writableTold && !call.complete) {
            call.tellWritable(channel.isWritable());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Call call = calls.peek();
        if (upgraded && call != null && !shut) {
            calls.poll();
            shut();
            pool.released(this, call);
            call.tellEnd(EmptyHttpHeaders.INSTANCE, true);
        } else {
            lost("closed by the backend");
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("backend_connection_failed destination={}", pool.name(), cause);
        }
        lost(String.valueOf(cause.getMessage()));
    }

    /// Looks at the clocks.
    @Override
    public void visit(long nowNanos) {
        Call call = calls.peek();
        if (call == null) {
            if (isWornOut(nowNanos) && pool.retireIdle(this)) {
                shut();
            }
            return;
        }
        switch (times.verdict(call, upgraded, activeNanos, nowNanos)) {
            case FINE -> {}
            case GIVE_UP -> breakOff(PoolFailure.RESET, "not wanted any more");
            case TIMEOUT ->
                    breakOff(PoolFailure.TIMEOUT, "no complete answer within " + times.request());
            case IDLE ->
                    breakOff(PoolFailure.IDLE, "the connection was silent for " + times.idle());
            case NOT_READ ->
                    breakOff(
                            PoolFailure.NOT_READ,
                            "nobody began to read the answer within " + times.taking());
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

    private void begin(Call call) {
        if (call.isCancelled()) {
            pool.released(this, call);
            return;
        }
        long now = System.nanoTime();
        call.begin(served > 0 || !fresh, now);
        if (shut) {
            lose(call, PoolFailure.RESET, "the connection was closed before the request was sent");
            return;
        }
        calls.add(call);
        if (calls.size() == 1) {
            oldestNanos = now;
            activeNanos = now;
            uploadLeft = Math.max(0, length(call));
            steerReading();
        }
        ByteBuf head = pool.encoder().head(channel.alloc(), call.request());
        ChannelFuture written;
        if (call.request().body() instanceof Body.Held held && held.bytes().isReadable()) {
            written = channel.write(head);
            channel.writeAndFlush(held.bytes().retainedDuplicate());
        } else {
            written = channel.writeAndFlush(head);
        }
        if (written.isDone()) {
            sent(call, written);
        } else {
            written.addListener((ChannelFuture later) -> sent(call, later));
        }
    }

    private void sent(Call call, ChannelFuture written) {
        if (shut || call.connection() != this) {
            return;
        }
        if (!written.isSuccess()) {
            breakOff(PoolFailure.RESET, String.valueOf(written.cause().getMessage()));
            return;
        }
        call.sent = true;
        touch();
        if (call.request().body() instanceof Body.Streamed) {
            call.writableTold = true;
            call.tellWritable(true);
        }
    }

    private void cancel(Call call) {
        if (shut || call.connection() != this || !calls.contains(call)) {
            return;
        }
        boolean first = calls.peek() == call;
        boolean mayEnd = !call.untimed && call.complete && !upgraded;
        if (first && (!mayEnd || times.cancelNanos() == 0)) {
            breakOff(PoolFailure.RESET, "not wanted any more");
            return;
        }
        if (first) {
            call.giveUpNanos = System.nanoTime() + times.cancelNanos();
        }
        steerReading();
    }

    private void head(HttpResponse response) {
        Call call = calls.peek();
        if (call == null) {
            shut();
            return;
        }
        int status = response.status().code();
        boolean premature =
                response.decoderResult().cause() instanceof PrematureChannelClosureException;
        String fault = ResponseDecoder.fault(response);
        if (fault == null && status == 101 && call.request().upgrade() == null) {
            fault = "it changes the protocol, which nobody asked for";
        } else if (fault == null && status < 200 && ++interims > MAX_INTERIM) {
            fault = "it has more than " + MAX_INTERIM + " interim answers";
        }
        if (fault != null) {
            breakOff(
                    premature ? PoolFailure.TRUNCATED : PoolFailure.PROTOCOL,
                    "the answer is not sound: " + fault);
        } else if (status == 101) {
            upgrade(call, response);
        } else if (status < 200) {
            interim = true;
            if (status != 100) {
                call.tellInterim(status, response.headers());
            }
        } else {
            finalHead(call, response);
        }
    }

    private void finalHead(Call call, HttpResponse response) {
        HttpHeaders headers = response.headers();
        interims = 0;
        keepAlive = HttpUtil.isKeepAlive(response);
        times.hint(headers.get("keep-alive"));
        if (!isAnsweringHead() && HttpUtil.getContentLength(response, 0L) > times.maxContent()) {
            breakOff(PoolFailure.TOO_LARGE, tooLarge());
            return;
        }
        call.untimed =
                call.request().streaming()
                        || isEventStream(headers.get(HttpHeaderNames.CONTENT_TYPE));
        call.headTold = true;
        call.headNanos = System.nanoTime();
        call.tellHead(response.status().code(), response.status().reasonPhrase(), headers);
    }

    private void content(HttpContent content) {
        Call call = calls.peek();
        boolean last = content instanceof LastHttpContent;
        if (call == null || upgraded) {
            return;
        }
        if (interim) {
            interim = !last;
            return;
        }
        if (content.decoderResult().isFailure()) {
            breakOff(PoolFailure.PROTOCOL, "the answer's chunks are malformed");
            return;
        }
        ByteBuf piece = content.content();
        call.contentBytes += piece.readableBytes();
        if (call.contentBytes > times.maxContent()) {
            breakOff(PoolFailure.TOO_LARGE, tooLarge());
            return;
        }
        if (piece.isReadable()) {
            call.taken |= call.wanted;
            call.tellContent(this, piece);
            steerReading();
        }
        if (last && !shut && calls.peek() == call) {
            finish(call, ((LastHttpContent) content).trailingHeaders());
        }
    }

    /// The answer is complete.
    private void finish(Call call, HttpHeaders trailers) {
        calls.poll();
        served++;
        fresh = false;
        boolean requestSent = call.complete;
        boolean leftover = decoder.hasLeftover();
        boolean reusable =
                keepAlive
                        && requestSent
                        && !call.untimed
                        && channel.isActive()
                        && !(leftover && calls.isEmpty());
        Call next = calls.peek();
        oldestNanos = next == null ? 0 : next.sentNanos;
        if (next != null) {
            next.answering |= leftover;
            next.giveUpNanos = next.isCancelled() ? System.nanoTime() + times.cancelNanos() : 0;
        }
        if (!reusable) {
            calls.forEach(unanswered -> unanswered.reused = true);
            breakOff(PoolFailure.RESET, "the backend closes after an earlier answer");
        }
        pool.released(this, call);
        call.tellEnd(trailers, requestSent);
        if (!shut) {
            steerReading();
        }
    }

    private void upgrade(Call call, HttpResponse response) {
        upgraded = true;
        call.complete = false;
        call.writableTold = true;
        call.headTold = true;
        call.headNanos = System.nanoTime();
        call.tellHead(101, response.status().reasonPhrase(), response.headers());
        call.tellWritable(channel.isWritable());
        if (!shut) {
            channel.pipeline().remove(decoder);
        }
    }

    private void raw(ByteBuf bytes) {
        Call call = calls.peek();
        if (call != null && upgraded) {
            touch();
            call.taken |= call.wanted;
            call.tellContent(this, bytes);
            steerReading();
        }
    }

    /// The connection is gone.
    private void lost(String why) {
        Call call = calls.peek();
        boolean begun = call != null && call.answering;
        breakOff(
                begun ? PoolFailure.TRUNCATED : PoolFailure.RESET,
                begun ? "the answer ended before its end: " + why : "no answer: " + why);
    }

    /// Closes the connection and tells those whose answers it owes.
    private void breakOff(PoolFailure cause, String why) {
        if (shut) {
            return;
        }
        shut();
        Call first = calls.poll();
        if (first != null) {
            lose(first, cause, why);
        }
        for (Call call = calls.poll(); call != null; call = calls.poll()) {
            lose(call, PoolFailure.RESET, "an earlier request on the connection failed: " + why);
        }
    }

    private void lose(Call call, PoolFailure cause, String why) {
        Failure failure = new Failure(cause, why);
        if (call.isCancelled()) {
            pool.released(this, call);
            return;
        }
        RetryRule.Decision decision =
                cause == PoolFailure.RESET || cause == PoolFailure.CLOSED
                        ? RetryRule.decide(
                                new RetryRule.Attempt(
                                        call.sent,
                                        call.reused,
                                        call.answering,
                                        RetryRule.isIdempotent(call.request().method()),
                                        call.isReplayable(),
                                        call.replayed,
                                        call.retriesLeft))
                        : RetryRule.Decision.FAIL;
        switch (decision) {
            case FAIL -> pool.failed(this, call, failure);
            case RETRY -> {
                call.retriesLeft--;
                pool.again(this, call, decision, failure);
            }
            case REPLAY_FRESH -> {
                call.replayed = true;
                pool.again(this, call, decision, failure);
            }
        }
    }

    private void shut() {
        if (!shut) {
            shut = true;
            patrol.remove(this);
            channel.close();
            pool.closed(this);
        }
    }

    /// Reads while somebody wants what comes, and while idle, so that an end is noticed.
    private void steerReading() {
        Call call = calls.peek();
        boolean read = call == null || call.isCancelled() || call.isHungry();
        if (channel.config().isAutoRead() != read) {
            channel.config().setAutoRead(read);
        }
    }

    private void touch() {
        activeNanos = System.nanoTime();
    }

    private String tooLarge() {
        return "the answer's content is longer than " + times.maxContent() + " bytes";
    }

    private static long length(Call call) {
        return call.request().body() instanceof Body.Streamed streamed ? streamed.length() : 0;
    }

    private static boolean isEventStream(@Nullable String contentType) {
        return contentType != null
                && contentType.toLowerCase(Locale.ROOT).startsWith("text/event-stream");
    }
}
