package io.spillgate.it.stress;

import io.spillgate.it.harness.Await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Many connections that each send most of a large head, within all limits, and then wait.
public final class HalfHeads implements AutoCloseable {
    /// What each of them sends.
    public static final int HEAD_BYTES = 60_000;

    private static final int LINE_BYTES = 8000;
    private static final int ANSWER_BYTES = 4096;

    private final InetSocketAddress address;
    private final byte[] head;
    private final List<SocketChannel> channels = new ArrayList<>();

    /// Nobody yet.
    ///
    /// @param path what they ask for
    public HalfHeads(InetSocketAddress address, String path) {
        this.address = address;
        StringBuilder text = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: test\r\n");
        while (text.length() < HEAD_BYTES - LINE_BYTES) {
            text.append("X: ").append("x".repeat(LINE_BYTES - 5)).append("\r\n");
        }
        text.append("X: ").append("x".repeat(HEAD_BYTES - text.length() - 3));
        head = text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /// So many more connect and send.
    public void add(int count) {
        for (int i = 0; i < count; i++) {
            try {
                SocketChannel channel = SocketChannel.open(address);
                channels.add(channel);
                send(channel, head);
            } catch (IOException e) {
                throw new UncheckedIOException("connection " + channels.size(), e);
            }
        }
    }

    /// How many there are.
    public int count() {
        return channels.size();
    }

    /// Everything that one was sent, until the gateway ended the connection.
    ///
    /// @param number 0 is the first that connected
    public String rest(int number) {
        SocketChannel channel = channels.get(number);
        StringBuilder text = new StringBuilder();
        ByteBuffer buffer = ByteBuffer.allocate(ANSWER_BYTES);
        try {
            channel.configureBlocking(false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Await.until("the gateway ends connection " + number, () -> isRead(channel, buffer, text));
        return text.toString();
    }

    /// One completes its head, and asks for the end of the connection after the answer.
    ///
    /// @return the answer
    public String finish(int number) {
        try {
            byte[] end = "\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
            send(channels.get(number), end);
            return rest(number);
        } catch (IOException e) {
            throw new UncheckedIOException("finishing " + number, e);
        }
    }

    @Override
    public void close() {
        for (SocketChannel channel : channels) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static boolean isRead(SocketChannel channel, ByteBuffer buffer, StringBuilder text) {
        try {
            int count = channel.read(buffer.clear());
            text.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
            return count < 0;
        } catch (IOException e) {
            return true;
        }
    }

    private static void send(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
    }
}
