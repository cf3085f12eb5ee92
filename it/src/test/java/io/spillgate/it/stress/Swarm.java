package io.spillgate.it.stress;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/// Thousands of non-blocking clients on one thread with one selector.
///
/// Everything that the clients and their links do happens on that thread; only what says otherwise
/// may be called on another one.
final class Swarm implements AutoCloseable {
    private static final int TICK_MILLIS = 5;
    private static final int BUFFER_BYTES = 64 * 1024;

    private final Selector selector;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final List<LongConsumer> ticks = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;
    private long lastTickNanos = System.nanoTime();

    private Swarm(Selector selector, String name) {
        this.selector = selector;
        thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    static Swarm start(String name) throws IOException {
        Swarm swarm = new Swarm(Selector.open(), name);
        swarm.thread.start();
        return swarm;
    }

    /// An address of this machine, 127.0.NET.HOST+1.
    static InetAddress local(int net, int host) {
        byte[] bytes = {127, 0, (byte) net, (byte) (host + 1)};
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /// What is told of a link.
    interface Client {
        void connected(Link link);

        /// Bytes from 0 to the count, valid during the call.
        void received(Link link, byte[] bytes, int count);

        /// The peer has ended the connection, in whatever way, or never took it.
        void ended(Link link);
    }

    /// Runs something on the thread, and waits until that is done. Any other thread.
    void call(Runnable task) {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        tasks.add(() -> {
            task.run();
            done.complete(null);
        });
        selector.wakeup();
        done.orTimeout(60, TimeUnit.SECONDS).join();
        check();
    }

    /// Calls something every few milliseconds, with the time ([System#nanoTime]).
    void everyTick(LongConsumer tick) {
        call(() -> ticks.add(tick));
    }

    /// Throws the first thing that a client has thrown. Any thread.
    void check() {
        Throwable thrown = failure;
        if (thrown != null) {
            throw new AssertionError("a client failed: " + thrown, thrown);
        }
    }

    /// Begins to connect.
    ///
    /// @param source the address of this machine to come from; null = any
    /// @param receiveBufferBytes 0 = as the system says
    Link connect(
            InetSocketAddress target,
            @Nullable InetAddress source,
            int receiveBufferBytes,
            Client client) {
        try {
            SocketChannel channel = SocketChannel.open();
            channel.configureBlocking(false);
            if (receiveBufferBytes > 0) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBufferBytes);
            }
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (source != null) {
                channel.bind(new InetSocketAddress(source, 0));
            }
            channel.connect(target);
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
            Link link = new Link(channel, key, client);
            key.attach(link);
            return link;
        } catch (IOException e) {
            throw new UncheckedIOException("connecting from " + source, e);
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        selector.wakeup();
        while (thread.isAlive()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS));
        }
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }

    private void run() {
        while (!closed) {
            try {
                selector.select(this::ready, TICK_MILLIS);
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                tick();
            } catch (Throwable e) {
                failure = failure == null ? e : failure;
            }
        }
    }

    private void tick() {
        long now = System.nanoTime();
        if (now - lastTickNanos >= TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS)) {
            lastTickNanos = now;
            ticks.forEach(tick -> tick.accept(now));
        }
    }

    private void ready(SelectionKey key) {
        Link link = (Link) key.attachment();
        try {
            if (key.isValid() && key.isConnectable()) {
                link.connected();
            }
            if (key.isValid() && key.isWritable()) {
                link.write();
            }
            if (key.isValid() && key.isReadable()) {
                link.read();
            }
        } catch (IOException e) {
            link.ended();
        }
    }

    /// The connection of one client.
    final class Link {
        private final SocketChannel channel;
        private final SelectionKey key;
        private final Client client;
        private final ArrayDeque<ByteBuffer> out = new ArrayDeque<>(1);
        private boolean reads = true;
        private boolean open = true;

        private Link(SocketChannel channel, SelectionKey key, Client client) {
            this.channel = channel;
            this.key = key;
            this.client = client;
        }

        /// Whether neither side has ended it, as far as is known here.
        boolean isOpen() {
            return open;
        }

        /// Whether the socket has taken everything.
        boolean isSent() {
            return out.isEmpty();
        }

        /// Reads no more: neither bytes nor the peer's end.
        void stall() {
            reads = false;
            interest();
        }

        /// Sends bytes, now or as soon as the socket takes them; nothing if the link has ended.
        void send(byte[] bytes) {
            if (!open) {
                return;
            }
            out.add(ByteBuffer.wrap(bytes));
            try {
                write();
            } catch (IOException e) {
                ended();
            }
        }

        /// Ends it by a FIN.
        void close() {
            end(false);
        }

        /// Ends it by a RST.
        void reset() {
            end(true);
        }

        private void connected() throws IOException {
            channel.finishConnect();
            interest();
            client.connected(this);
        }

        private void write() throws IOException {
            while (!out.isEmpty() && channel.isConnected()) {
                ByteBuffer first = out.element();
                channel.write(first);
                if (first.hasRemaining()) {
                    break;
                }
                out.remove();
            }
            interest();
        }

        private void read() throws IOException {
            while (open && reads) {
                int count = channel.read(buffer.clear());
                if (count < 0) {
                    ended();
                } else if (count > 0) {
                    client.received(this, buffer.array(), count);
                }
                if (count < BUFFER_BYTES) {
                    return;
                }
            }
        }

        private void interest() {
            if (key.isValid() && channel.isConnected()) {
                int reading = reads ? SelectionKey.OP_READ : 0;
                key.interestOps(reading | (out.isEmpty() ? 0 : SelectionKey.OP_WRITE));
            }
        }

        private void ended() {
            if (open) {
                end(false);
                client.ended(this);
            }
        }

        private void end(boolean byReset) {
            open = false;
            out.clear();
            try {
                if (byReset && channel.isOpen()) {
                    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                }
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
