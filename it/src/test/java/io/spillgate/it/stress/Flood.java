package io.spillgate.it.stress;

import io.spillgate.it.harness.Await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// A client that sends and does not read, and counts what is taken from it.
///
/// Its own buffers are small, so what it counts is in the kernel's buffer of the gateway's socket,
/// or in the gateway.
public final class Flood implements AutoCloseable {
    private static final int BUFFER_BYTES = 16 * 1024;
    private static final long PARK_NANOS = Duration.ofMillis(1).toNanos();

    private final SocketChannel channel;
    private long taken;
    private boolean ended;

    private Flood(SocketChannel channel) {
        this.channel = channel;
    }

    /// Connects.
    public static Flood to(InetSocketAddress address) {
        try {
            SocketChannel channel = SocketChannel.open();
            channel.setOption(StandardSocketOptions.SO_SNDBUF, BUFFER_BYTES);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.connect(address);
            channel.configureBlocking(false);
            return new Flood(channel);
        } catch (IOException e) {
            throw new UncheckedIOException("connecting to " + address, e);
        }
    }

    /// Sends lines, every LF as CRLF, all of them.
    public Flood lines(String lines) {
        ByteBuffer bytes = bytes(lines.replace("\n", "\r\n"));
        Await.until("the gateway takes the beginning", () -> take(bytes));
        return this;
    }

    /// Sends a piece again and again, each with a system call of its own, until so many bytes are
    /// taken, or none was for a time, or the gateway has ended the connection.
    ///
    /// @return bytes that were taken by this call
    public long push(String piece, long atMost, Duration patience) {
        long before = taken;
        ByteBuffer bytes = bytes(piece);
        long lastNanos = System.nanoTime();
        while (!ended
                && taken - before < atMost
                && System.nanoTime() - lastNanos < patience.toNanos()) {
            long sofar = taken;
            if (take(bytes)) {
                bytes.rewind();
            }
            if (taken > sofar) {
                lastNanos = System.nanoTime();
            } else {
                LockSupport.parkNanos(PARK_NANOS);
            }
        }
        return taken - before;
    }

    /// Whether the gateway has ended the connection.
    public boolean isEnded() {
        return ended;
    }

    /// Everything that the gateway has sent and still sends, until it ends the connection.
    public String rest() {
        StringBuilder text = new StringBuilder();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        Await.until("the gateway ends the connection", () -> isRead(buffer, text));
        return text.toString();
    }

    /// Says that nothing more will be sent (FIN).
    public void halfClose() {
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Closes so that the peer sees a reset.
    public void reset() {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Whether all is sent now, or nobody takes it any more.
    private boolean take(ByteBuffer bytes) {
        try {
            taken += channel.write(bytes);
        } catch (IOException e) {
            ended = true;
        }
        return ended || !bytes.hasRemaining();
    }

    private boolean isRead(ByteBuffer buffer, StringBuilder text) {
        try {
            int count = channel.read(buffer.clear());
            text.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
            return count < 0;
        } catch (IOException e) {
            return true;
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
