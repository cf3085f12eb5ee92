package io.spillgate.bench.overload;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;

/// A backend that does next to nothing: it answers with bytes made beforehand, in one write.
///
/// `/work` is answered with very many tiny chunks, which cost the gateway much and nobody else;
/// `/small` with two bytes; `/hold` never.
final class Backend implements AutoCloseable {
    /// Bytes of each chunk of the dear answer.
    static final int CHUNK_BYTES = 10;

    private static final int BACKLOG = 1024;
    private static final int MAX_HEAD_BYTES = 16 * 1024;
    private static final int SEND_BUFFER_BYTES = 512 * 1024;

    private final Selector selector = Selector.open();
    private final ServerSocketChannel server = ServerSocketChannel.open();
    private final ByteBuffer work;
    private final ByteBuffer small = bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    private final CompletableFuture<Void> serving;
    private volatile boolean closed;

    /// Listens on a free port of the loopback interface.
    Backend(int chunks) throws IOException {
        String chunk = Integer.toHexString(CHUNK_BYTES) + "\r\n" + "x".repeat(CHUNK_BYTES) + "\r\n";
        work =
                bytes(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + chunk.repeat(chunks)
                                + "0\r\n\r\n");
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        serving = Background.start("backend", this::serve);
    }

    int port() {
        return server.socket().getLocalPort();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        selector.wakeup();
        serving.join();
        server.close();
    }

    private void serve() throws IOException {
        try (selector) {
            while (!closed) {
                selector.select(this::ready);
            }
        }
    }

    private void ready(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                accept();
            } else if (key.attachment() instanceof Connection connection) {
                connection.ready(key);
            }
        } catch (IOException e) {
            close(key);
        }
    }

    private void accept() throws IOException {
        SocketChannel channel = server.accept();
        if (channel == null) {
            return;
        }
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER_BYTES);
        channel.register(selector, SelectionKey.OP_READ, new Connection(channel));
    }

    private static void close(SelectionKey key) {
        try {
            key.channel().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteBuffer bytes(String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    /// One request at a time, without a body.
    private final class Connection {
        private static final int END_OF_HEAD = '\r' << 24 | '\n' << 16 | '\r' << 8 | '\n';

        private final SocketChannel channel;
        private final ByteBuffer head = ByteBuffer.allocate(MAX_HEAD_BYTES);
        private @Nullable ByteBuffer unsent;

        Connection(SocketChannel channel) {
            this.channel = channel;
        }

        void ready(SelectionKey key) throws IOException {
            if (unsent != null) {
                write(key, unsent);
                return;
            }
            if (channel.read(head) < 0) {
                channel.close();
                return;
            }
            if (head.position() < 4 || head.getInt(head.position() - 4) != END_OF_HEAD) {
                return;
            }
            char first = (char) head.get("GET /".length());
            head.clear();
            if (first != 'h') {
                write(key, (first == 's' ? small : work).duplicate());
            }
        }

        private void write(SelectionKey key, ByteBuffer answer) throws IOException {
            channel.write(answer);
            boolean complete = !answer.hasRemaining();
            unsent = complete ? null : answer;
            key.interestOps(complete ? SelectionKey.OP_READ : SelectionKey.OP_WRITE);
        }
    }
}
