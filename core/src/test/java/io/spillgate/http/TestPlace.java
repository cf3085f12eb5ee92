package io.spillgate.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The place of an event stream without a connection: takes bytes as long as it has credit for
/// them, as a stream with flow control does.
public final class TestPlace implements EventStreamPlace, Outlet, WritableByteChannel {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final List<Runnable> whenOver = new ArrayList<>();
    private ByteSource source = new Nothing();
    private long credit;
    private boolean writing;
    private boolean pending;
    private boolean ended;
    private boolean open = true;

    /// Grants credit for so many bytes more.
    public TestPlace take(long bytes) {
        credit = Math.addExact(credit, bytes);
        if (pending) {
            pending = false;
            flush();
        }
        return this;
    }

    /// What was taken until now.
    public String text() {
        return taken.toString(StandardCharsets.UTF_8);
    }

    /// Whether the stream ended by itself, after a last byte.
    public boolean hasEnded() {
        return ended;
    }

    @Override
    public byte[] head() {
        return new byte[0];
    }

    @Override
    public BodyFraming framing() {
        return BodyFraming.NOTHING;
    }

    @Override
    public Outlet outlet(ByteSource of) {
        source = of;
        return this;
    }

    @Override
    public void whenOver(Runnable done) {
        whenOver.add(done);
    }

    @Override
    public void flush() {
        if (pending || writing || !open) {
            return;
        }
        writing = true;
        try {
            while (open && credit > 0 && source.hasMore() && source.writeTo(this) > 0) {}
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writing = false;
        }
        pending = open && source.hasMore();
    }

    @Override
    public boolean isPending() {
        return pending || writing;
    }

    @Override
    public void end() {
        ended = true;
        cut();
    }

    @Override
    public void cut() {
        if (open) {
            open = false;
            pending = false;
            whenOver.forEach(Runnable::run);
        }
    }

    @Override
    public void broken(Throwable cause) {
        cut();
    }

    @Override
    public int write(ByteBuffer bytes) {
        int count = (int) Math.min(credit, bytes.remaining());
        byte[] copy = new byte[count];
        bytes.get(copy);
        taken.writeBytes(copy);
        credit -= count;
        return count;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        cut();
    }

    /// Before a stream begins.
    private static final class Nothing implements ByteSource {
        @Override
        public long writeTo(WritableByteChannel target) {
            return 0;
        }

        @Override
        public boolean hasMore() {
            return false;
        }
    }
}
