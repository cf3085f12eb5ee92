package io.spillgate.client.connect;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The last handler of a connection under test: keeps what arrives.
final class Inbox extends ChannelInboundHandlerAdapter {
    private static final String END = "(end)";
    private static final long PATIENCE_SECONDS = 30;

    private final BlockingQueue<String> arrived = new LinkedBlockingQueue<>();
    private final AtomicInteger bytes = new AtomicInteger();
    private volatile @Nullable Channel channel;
    private int largestRead;
    private int readsInTurn;
    private int mostReadsInTurn;

    /// Becomes the last handler of a connection, on its loop.
    ///
    /// @param autoRead whether bytes are asked for again and again
    void receive(Channel channel, boolean autoRead) {
        this.channel = channel;
        channel.pipeline().addLast(this);
        if (autoRead) {
            channel.config().setAutoRead(true);
        }
    }

    /// The connection.
    Channel channel() {
        return requireNonNull(channel);
    }

    /// Waits until as many characters have arrived.
    String take(int length) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(next());
        }
        return text.toString();
    }

    /// Waits for the end, and returns what arrived before.
    String takeAll() throws InterruptedException {
        StringBuilder text = new StringBuilder();
        for (String piece = next(); !piece.equals(END); piece = next()) {
            text.append(piece);
        }
        return text.toString();
    }

    /// How many bytes have arrived so far.
    int bytes() {
        return bytes.get();
    }

    boolean isEmpty() {
        return arrived.isEmpty();
    }

    /// Bytes of the largest read; asked for after the end.
    int largestRead() {
        return largestRead;
    }

    /// The most reads between two looks at other sockets; asked for after the end.
    int mostReadsInTurn() {
        return mostReadsInTurn;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf piece = (ByteBuf) message;
        bytes.addAndGet(piece.readableBytes());
        largestRead = Math.max(largestRead, piece.readableBytes());
        mostReadsInTurn = Math.max(mostReadsInTurn, ++readsInTurn);
        arrived.add(piece.toString(StandardCharsets.ISO_8859_1));
        piece.release();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        readsInTurn = 0;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        arrived.add(END);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        arrived.add(END);
    }

    private String next() throws InterruptedException {
        String piece = arrived.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (piece == null) {
            throw new AssertionError("nothing more arrived");
        }
        return piece;
    }
}
