package io.spillgate.client.connect;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/// Bounds what a connection takes out of its socket: one read of at most 32 KiB each time, so that
/// a paused reader has no more than that in memory.
///
/// Netty's native transports know one exception: after the other side's FIN they empty the socket,
/// megabytes at times, whether anybody wants to read or not. The only way to stop them is to refuse
/// the next buffer. They pass the refusal on as an exception and keep the connection; [#FILTER]
/// takes it out of the pipeline. The rest stays in the socket until it is asked for.
final class SingleReadAllocator implements RecvByteBufAllocator {
    /// The pipeline's first handler.
    static final ChannelHandler FILTER = new Filter();

    private static final int MAX_BYTES = 32 * 1024;

    private final AdaptiveRecvByteBufAllocator sizes;

    SingleReadAllocator() {
        sizes = new AdaptiveRecvByteBufAllocator(64, 4096, MAX_BYTES);
        sizes.maxMessagesPerRead(1);
    }

    @Override
    @SuppressWarnings("deprecation") // of the interface's method, which Netty itself calls
    public Handle newHandle() {
        return new OneBuffer((ExtendedHandle) sizes.newHandle());
    }

    private static final class OneBuffer extends DelegatingHandle implements ExtendedHandle {
        private final ExtendedHandle sizes;
        private boolean taken;

        OneBuffer(ExtendedHandle sizes) {
            super(sizes);
            this.sizes = sizes;
        }

        @Override
        public void reset(ChannelConfig config) {
            taken = false;
            super.reset(config);
        }

        @Override
        public void lastBytesRead(int bytes) {
            taken |= bytes > 0;
            super.lastBytesRead(bytes);
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            if (taken) {
                throw new Enough();
            }
            return super.allocate(allocator);
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
            return sizes.continueReading(maybeMore);
        }
    }

    private static final class Enough extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Enough() {
            super("one read was enough", null, false, false);
        }
    }

    @ChannelHandler.Sharable
    private static final class Filter extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (!(cause instanceof Enough)) {
                ctx.fireExceptionCaught(cause);
            }
        }
    }
}
