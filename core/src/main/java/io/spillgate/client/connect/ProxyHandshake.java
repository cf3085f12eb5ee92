package io.spillgate.client.connect;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;

import org.jspecify.annotations.Nullable;

import java.util.function.Consumer;

/// Asks a proxy for a tunnel and reads its answer, then leaves the pipeline.
final class ProxyHandshake extends SimpleChannelInboundHandler<ByteBuf> {
    private final byte[] request;
    private final Consumer<@Nullable String> done;
    private final ProxyAnswer answer = new ProxyAnswer();

    private boolean ended;

    /// @param done gets what is wrong, in words that follow the proxy's name; null = there is a
    ///   tunnel
    ProxyHandshake(byte[] request, Consumer<@Nullable String> done) {
        this.request = request;
        this.done = done;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ctx.writeAndFlush(Unpooled.wrappedBuffer(request));
        ctx.read();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!ended) {
            ctx.read();
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
        if (ended || !answer.take(bytes)) {
            return;
        }
        ended = true;
        ctx.pipeline().remove(this);
        done.accept(answer.refusal());
    }
}
