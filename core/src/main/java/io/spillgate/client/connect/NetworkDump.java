package io.spillgate.client.connect;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Logs the first bytes of each read and write as a hexdump, to `spillgate.network` at debug.
final class NetworkDump extends ChannelDuplexHandler {
    private static final Logger LOG = LoggerFactory.getLogger("spillgate.network");

    private final String address;
    private final int maxBytes;

    /// @param address what the connection is called
    NetworkDump(String address, int maxBytes) {
        this.address = address;
        this.maxBytes = maxBytes;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        dump("network_read", ctx, message);
        ctx.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        dump("network_write", ctx, message);
        ctx.write(message, promise);
    }

    private void dump(String event, ChannelHandlerContext ctx, Object message) {
        if (!LOG.isDebugEnabled() || !(message instanceof ByteBuf bytes)) {
            return;
        }
        int length = Math.min(maxBytes, bytes.readableBytes());
        LOG.debug(
                "{} address={} channel={} bytes={}\n{}",
                event,
                address,
                ctx.channel().id(),
                bytes.readableBytes(),
                ByteBufUtil.prettyHexDump(bytes, bytes.readerIndex(), length));
    }
}
