package io.spillgate.http.http1;

import io.netty.channel.Channel;
import io.netty.channel.FileRegion;
import io.spillgate.http.ByteSource;
import io.spillgate.net.Faults;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/// An outlet that lets the channel pull: bytes leave the source only when the socket takes them.
///
/// The channel treats this object as a region of a file and asks it to transfer itself into the
/// socket, again and again as the socket becomes writable. So nothing waits in a buffer of the
/// channel, and the source knows to the byte what the socket took - which is what a queue that is a
/// position in a log needs. One object serves for life: it is not counted, and it is never in the
/// channel twice.
final class PullOutlet extends SocketOutlet implements FileRegion {
    private final ByteSource source;
    private boolean pending;
    private long transferred;

    PullOutlet(Channel channel, ByteSource source, Faults faults) {
        super(channel, faults);
        this.source = source;
    }

    @Override
    public void flush() {
        if (pending) {
            return;
        }
        pending = true;
        transferred = 0;
        channel().writeAndFlush(this, channel().voidPromise());
    }

    @Override
    public boolean isPending() {
        return pending;
    }

    @Override
    public long transferTo(WritableByteChannel target, long position) throws IOException {
        long written = source.writeTo(target);
        transferred += written;
        return written;
    }

    @Override
    public long count() {
        return source.hasMore() ? Long.MAX_VALUE : transferred;
    }

    @Override
    public long transferred() {
        return transferred;
    }

    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester") // implements a deprecated method
    public long transfered() {
        return transferred;
    }

    @Override
    public long position() {
        return 0;
    }

    /// Called once when the channel has removed this region, sent or failed.
    @Override
    public boolean release() {
        pending = false;
        return true;
    }

    @Override
    public boolean release(int decrement) {
        return release();
    }

    @Override
    public int refCnt() {
        return 1;
    }

    @Override
    public FileRegion retain() {
        return this;
    }

    @Override
    public FileRegion retain(int increment) {
        return this;
    }

    @Override
    public FileRegion touch() {
        return this;
    }

    @Override
    public FileRegion touch(Object hint) {
        return this;
    }
}
