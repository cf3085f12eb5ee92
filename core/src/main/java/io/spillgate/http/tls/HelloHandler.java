package io.spillgate.http.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

import org.jspecify.annotations.Nullable;

/// Reads the ClientHello of a connection, and has it answered by the certificate that it asks for
/// (RFC 6066 section 3) when it is its turn.
final class HelloHandler extends AbstractSniHandler<Boolean> {
    /// Above what any client sends, also with the keys of post-quantum groups.
    private static final int MOST_BYTES = 16 * 1024;

    /// The first byte of every TLS connection (RFC 8446 section 5.1).
    private static final int HANDSHAKE = 22;

    private final TlsConnection connection;
    private boolean begun;

    HelloHandler(TlsConnection connection) {
        super(MOST_BYTES, 0);
        this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (!begun && message instanceof ByteBuf bytes && bytes.isReadable()) {
            begun = true;
            int first = bytes.getUnsignedByte(bytes.readerIndex());
            if (first != HANDSHAKE) {
                bytes.release();
                connection.isNotTls(first);
                return;
            }
        }
        super.channelRead(ctx, message);
        if (!ctx.isRemoved()) {
            connection.holds(actualReadableBytes());
        }
    }

    @Override
    protected Future<Boolean> lookup(ChannelHandlerContext ctx, @Nullable String name) {
        Promise<Boolean> turn = ctx.executor().newPromise();
        connection.awaitTurn(() -> turn.trySuccess(true));
        return turn;
    }

    @Override
    protected void onLookupComplete(
            ChannelHandlerContext ctx, @Nullable String name, Future<Boolean> turn) {
        connection.answerHello(ctx, name);
    }
}
