package io.spillgate.bench.overload;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// Kept connections of the load, one request at a time on each; the thread that polls does all.
///
/// A connection that ends is opened again. The one that was idle longest is taken first, as if each
/// were a user of its own.
final class Connections implements AutoCloseable {
    private static final int READ_BYTES = 256 * 1024;
    private static final int OPENED_AT_A_TIME = 64;

    private final Selector selector = Selector.open();
    private final InetSocketAddress target;
    private final ByteBuffer request;
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(READ_BYTES);
    private final List<Connection> all = new ArrayList<>();
    private final ArrayDeque<Connection> closed = new ArrayDeque<>();
    private final ArrayDeque<Connection> idle = new ArrayDeque<>();
    private Answers answers = new Nobody();

    /// Who is told what became of the requests.
    interface Answers {
        /// The whole answer came; the connection is idle again, or will be.
        void answered(Connection by);

        /// The connection ended without the whole answer.
        void failed(Connection by);
    }

    Connections(InetSocketAddress target, String path, int count) throws IOException {
        this.target = target;
        byte[] text = ("GET " + path + " HTTP/1.1\r\nHost: bench\r\n\r\n").getBytes(ISO_8859_1);
        request = ByteBuffer.allocateDirect(text.length).put(text).flip();
        for (int i = 0; i < count; i++) {
            Connection connection = new Connection();
            all.add(connection);
            closed.add(connection);
        }
    }

    /// Opens all of them.
    ///
    /// @throws IOException when that takes longer than half a minute
    void open() throws IOException {
        long giveUp = System.nanoTime() + 30_000_000_000L;
        while (idle.size() < all.size()) {
            if (System.nanoTime() > giveUp) {
                throw new IOException(idle.size() + " of " + all.size() + " connections opened");
            }
            poll(1);
        }
    }

    /// Who is told from here on.
    void tell(Answers others) {
        answers = others;
    }

    /// Sends a request.
    ///
    /// @param dueNanos when it should have been sent, by [System#nanoTime]
    /// @return whether there was an idle connection
    boolean send(long dueNanos) {
        Connection connection = idle.poll();
        if (connection == null) {
            return false;
        }
        connection.send(dueNanos);
        return true;
    }

    /// All of them, busy or not.
    List<Connection> all() {
        return all;
    }

    /// Reads what has come.
    ///
    /// @param waitMillis the longest wait for something; 0 = none
    void poll(long waitMillis) throws IOException {
        for (int i = 0; i < OPENED_AT_A_TIME && !closed.isEmpty(); i++) {
            closed.remove().open();
        }
        if (waitMillis == 0) {
            selector.selectNow(this::ready);
        } else {
            selector.select(this::ready, waitMillis);
        }
    }

    /// Resets all, so that none of them waits for its end.
    @Override
    public void close() throws IOException {
        answers = new Nobody();
        for (Connection connection : all) {
            connection.reset();
        }
        selector.close();
    }

    private void ready(SelectionKey key) {
        if (key.attachment() instanceof Connection connection) {
            connection.ready(key);
        }
    }

    private record Nobody() implements Answers {
        @Override
        public void answered(Connection by) {}

        @Override
        public void failed(Connection by) {}
    }

    /// One of them.
    final class Connection {
        private final AnswerReader reader = new AnswerReader();
        private @Nullable SocketChannel channel;
        private boolean busy;
        private boolean resting;
        private long dueNanos;

        boolean isBusy() {
            return busy;
        }

        /// When its request should have been sent.
        long dueNanos() {
            return dueNanos;
        }

        /// The answer's status.
        int status() {
            return reader.status();
        }

        /// Bytes of the answer's body, framing included.
        long bodyBytes() {
            return reader.bodyBytes();
        }

        private void open() throws IOException {
            SocketChannel opened = SocketChannel.open();
            opened.configureBlocking(false);
            opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel = opened;
            opened.register(selector, SelectionKey.OP_CONNECT, this);
            try {
                opened.connect(target);
            } catch (IOException e) {
                end();
            }
        }

        private void send(long due) {
            busy = true;
            resting = false;
            dueNanos = due;
            reader.reset();
            try {
                if (channel == null || channel.write(request.rewind()) < request.limit()) {
                    end();
                }
            } catch (IOException e) {
                end();
            }
        }

        private void ready(SelectionKey key) {
            try {
                if (key.isConnectable()) {
                    ((SocketChannel) key.channel()).finishConnect();
                    key.interestOps(SelectionKey.OP_READ);
                    rest();
                    return;
                }
                bytes.clear();
                if (((SocketChannel) key.channel()).read(bytes) < 0 || !busy) {
                    end();
                } else if (reader.read(bytes.flip())) {
                    complete();
                }
            } catch (IOException | IllegalStateException e) {
                end();
            }
        }

        private void complete() {
            busy = false;
            if (reader.isClosing()) {
                end();
            } else {
                rest();
            }
            answers.answered(this);
        }

        private void rest() {
            resting = true;
            idle.add(this);
        }

        private void end() {
            reset();
            if (resting) {
                resting = false;
                idle.remove(this);
            }
            closed.add(this);
            if (busy) {
                busy = false;
                answers.failed(this);
            }
        }

        private void reset() {
            try {
                if (channel != null && channel.isOpen()) {
                    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                    channel.close();
                }
            } catch (IOException e) {
                throw new IllegalStateException("a connection can't be closed", e);
            }
        }
    }
}
