package io.spillgate.hub;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.channel.embedded.EmbeddedChannel;
import io.spillgate.http.BodyFraming;
import io.spillgate.http.EventStreamPlace;
import io.spillgate.http.http1.Http1Place;
import io.spillgate.net.Faults;
import io.spillgate.net.Transport;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/// A socket that takes as many bytes as the test allows, and asks for more as Netty's transports
/// do.
final class Socket extends ChannelOutboundHandlerAdapter implements WritableByteChannel {
    /// What a shard of a test does with errors.
    static final Faults FAULTS = new Faults(System::nanoTime, new CompletableFuture<>());

    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final EmbeddedChannel channel = new EmbeddedChannel(this);
    private long room;
    private @Nullable Object message;
    private @Nullable ChannelPromise promise;

    EmbeddedChannel channel() {
        return channel;
    }

    /// The place of an event stream that has this socket, on a loop with this transport.
    EventStreamPlace place(Transport transport) {
        return new Http1Place(
                channel, transport.writesAtOnce(), FAULTS, new byte[0], BodyFraming.NOTHING);
    }

    /// Takes this many bytes more, now or when there are some.
    void take(long bytes) {
        room = Math.addExact(room, bytes);
        transfer();
    }

    /// What was taken until now.
    String text() {
        return taken.toString(StandardCharsets.UTF_8);
    }

    /// Breaks the connection; what is on its way is lost.
    void cut() {
        io.netty.util.ReferenceCountUtil.release(message);
        message = null;
        channel.close();
    }

    @Override
    public void write(ChannelHandlerContext context, Object added, ChannelPromise written) {
        if (message != null) {
            throw new IllegalStateException("something is on its way already");
        }
        message = added;
        promise = written;
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        transfer();
    }

    @Override
    public int write(ByteBuffer bytes) {
        int count = (int) Math.min(room, bytes.remaining());
        byte[] copy = new byte[count];
        bytes.get(copy);
        taken.writeBytes(copy);
        room -= count;
        return count;
    }

    private void transfer() {
        try {
            while (message instanceof FileRegion region && step(region)) {}
            if (message instanceof ByteBuf buffer) {
                buffer.skipBytes(write(buffer.nioBuffer()));
                finish(!buffer.isReadable());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// One turn of what a transport does with a region; false when the socket is full or the region
    /// is done.
    private boolean step(FileRegion region) throws IOException {
        if (region.transferred() < region.count()) {
            long written = region.transferTo(this, region.transferred());
            if (region.transferred() < region.count()) {
                return written > 0;
            }
        }
        finish(true);
        return false;
    }

    private void finish(boolean done) {
        if (!done) {
            return;
        }
        Object finished = message;
        ChannelPromise told = promise;
        message = null;
        promise = null;
        io.netty.util.ReferenceCountUtil.release(finished);
        if (told != null && !told.isVoid()) {
            told.setSuccess();
        }
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() {
        channel.close();
    }
}
