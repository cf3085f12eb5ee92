package io.spillgate.http.http1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.spillgate.http.ByteSource;
import io.spillgate.net.Faults;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/// An outlet for sockets whose writes complete later, or that take records of TLS: at most one
/// small buffer is on its way at a time.
final class PushOutlet extends SocketOutlet implements ChannelFutureListener {
    private static final int BUFFER_BYTES = 16 * 1024;

    private final ByteSource source;
    private boolean pending;

    PushOutlet(Channel channel, ByteSource source, Faults faults) {
        super(channel, faults);
        this.source = source;
    }

    @Override
    public void flush() {
        if (pending || !source.hasMore()) {
            return;
        }
        ByteBuf buffer = channel().alloc().directBuffer(BUFFER_BYTES, BUFFER_BYTES);
        fill(buffer);
        pending = true;
        channel().writeAndFlush(buffer).addListener(this);
    }

    @Override
    public boolean isPending() {
        return pending;
    }

    @Override
    public void operationComplete(ChannelFuture written) {
        pending = false;
        if (written.isSuccess()) {
            faults().guard(channel(), this::flush);
        } else {
            cut();
        }
    }

    private void fill(ByteBuf buffer) {
        try {
            source.writeTo(new Target(buffer));
        } catch (IOException e) {
            throw new IllegalStateException("a buffer does not fail", e);
        }
    }

    /// Takes what fits into the buffer.
    private record Target(ByteBuf buffer) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer bytes) {
            int count = Math.min(bytes.remaining(), buffer.writableBytes());
            int limit = bytes.limit();
            buffer.writeBytes(bytes.limit(bytes.position() + count));
            bytes.limit(limit);
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
