package io.spillgate.listener;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.metrics.RequestRefusal;
import io.spillgate.net.LoopMeter;
import io.spillgate.net.Work;
import io.spillgate.proxy.Backends;
import io.spillgate.proxy.Downstream;
import io.spillgate.proxy.Forwarder;
import io.spillgate.proxy.Forwarding;

import org.jspecify.annotations.Nullable;

/// A request that is forwarded: its client, as the [Forwarder] sees it.
final class ForwardExchange implements Exchange, Downstream {
    private final Serving serving;
    private final LoopMeter meter;
    private final Inquiry inquiry;
    private final long maxBodyBytes;
    private final Outflow outflow = new Outflow();
    private @Nullable Forwarder forwarder;
    private Framing framing = Framing.NONE;
    private boolean close;
    private boolean invited;
    private boolean tunnel;
    private long bodyBytes;

    ForwardExchange(Serving serving, long maxBodyBytes) {
        this.serving = serving;
        this.maxBodyBytes = maxBodyBytes;
        meter = serving.station().meter();
        inquiry = serving.inquiry();
    }

    static Answer tooLong(long maxBodyBytes) {
        return Answer.of(
                Refusal.entityTooLarge(
                        "The body is longer than "
                                + maxBodyBytes
                                + " bytes (max_body_size of the route)"));
    }

    /// Called once, when the exchange has begun.
    void start(Backends backends, Forwarding what) {
        meter.run(
                Work.PROXY, () -> forwarder = backends.forward(channel().eventLoop(), what, this));
    }

    @Override
    public void content(ByteBuf piece) {
        bodyBytes += piece.readableBytes();
        if (!tunnel && bodyBytes > maxBodyBytes) {
            serving.refuse(tooLong(maxBodyBytes), RequestRefusal.BODY);
            return;
        }
        Forwarder to = forwarder();
        meter.run(Work.PROXY, () -> to.body(piece));
        if (tunnel) {
            Departure.endFlood(channel(), to.heldBytes());
        }
    }

    @Override
    public int settle() {
        return forwarder == null ? 0 : forwarder.settle();
    }

    @Override
    public void end(HttpHeaders trailers) {
        serving.readMore(true);
        forwarder().bodyEnd(trailers);
    }

    @Override
    public void abandon() {
        if (forwarder != null) {
            forwarder.cancel();
        }
    }

    @Override
    public void writable() {
        meter.run(Work.PROXY, forwarder()::drained);
    }

    /// Closes the connection of a client that takes nothing, or that has left while it is not read.
    @Override
    public void visit(long nowNanos) {
        Channel channel = channel();
        long patienceNanos = inquiry.settings().times().connectionNanos();
        boolean stalled = outflow.stalledNanos(channel, nowNanos) >= patienceNanos;
        if (stalled || (!channel.config().isAutoRead() && Departure.isNoticed(channel))) {
            channel.close();
        }
    }

    @Override
    public boolean isWritable() {
        return channel().isWritable();
    }

    @Override
    public void read(boolean more) {
        if (!tunnel && !serving.isBodyPending()) {
            return;
        }
        if (more && !invited) {
            invited = true;
            serving.inviteBody();
        }
        serving.readMore(more);
        serving.account();
    }

    @Override
    public void interim(int status, HttpHeaders headers) {
        if (!inquiry.isHttp10()) {
            serving.write(Framing.interim(allocator(), status, headers, ""));
            serving.flush();
        }
    }

    @Override
    public void answer(int status, String reason, HttpHeaders headers) {
        boolean http10 = inquiry.isHttp10();
        framing = Framing.of(status, headers, inquiry.isHead(), http10);
        close = serving.mustClose() || framing == Framing.CLOSE;
        HttpHeaders policy = inquiry.policy();
        serving.beginAnswer(
                status, framing.head(allocator(), status, reason, headers, policy, close, http10));
        if (isEventStream(headers)) {
            serving.count();
        }
    }

    @Override
    public void upgraded(HttpHeaders headers) {
        tunnel = true;
        String change = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
        serving.beginAnswer(101, Framing.interim(allocator(), 101, headers, change));
        serving.count();
        serving.flush();
        serving.tunnel();
    }

    @Override
    public void send(ByteBuf piece) {
        if (framing != Framing.CHUNKED) {
            serving.write(piece);
            return;
        }
        serving.write(Framing.chunkBegin(allocator(), piece.readableBytes()));
        serving.write(piece);
        serving.write(Framing.chunkEnd());
    }

    @Override
    public void flush() {
        serving.flush();
    }

    @Override
    public void complete(HttpHeaders trailers) {
        if (tunnel) {
            channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        } else {
            serving.endAnswer(framing.end(allocator(), trailers), close);
        }
    }

    @Override
    public void cut() {
        serving.cut();
    }

    @Override
    public void broken(Throwable cause) {
        serving.broken(cause);
    }

    @Override
    public void failed(int status, String cause, String text) {
        Answer plain = Answer.text(status, text);
        Answer answer = status == 503 ? plain.retryAfter(1) : plain;
        serving.answer(inquiry.settings().shedding().named(answer, () -> "pool." + cause));
    }

    private Channel channel() {
        return serving.channel();
    }

    private ByteBufAllocator allocator() {
        return channel().alloc();
    }

    private Forwarder forwarder() {
        if (forwarder == null) {
            throw new IllegalStateException("not started");
        }
        return forwarder;
    }

    private static boolean isEventStream(HttpHeaders headers) {
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
        return type != null && Accepts.isEventStream(type);
    }
}
