package io.spillgate.it.harness;

import org.jspecify.annotations.Nullable;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;

import javax.net.ServerSocketFactory;

/// A backend that remembers every request and says, byte by byte, what a test tells it to say.
///
/// Each connection has a thread that reads, and each request one that runs the script, in the order
/// of the requests; so a script may wait as long as it likes.
public final class Backend implements AutoCloseable {
    private final InetSocketAddress address;
    private final Reading reading;
    private final ServerSocketFactory sockets;
    private final Script script;
    private final List<BackendRequest> requests = new CopyOnWriteArrayList<>();
    private final List<Throwable> mistakes = new CopyOnWriteArrayList<>();
    private final Map<Socket, Long> open = new LinkedHashMap<>();
    private final List<Duration> lifetimes = new ArrayList<>();
    private volatile ServerSocket listener;
    private volatile Thread acceptor;
    private int total;
    private int mostOpen;
    private int inFlight;
    private int mostInFlight;

    private Backend(
            InetSocketAddress wanted, Reading reading, ServerSocketFactory sockets, Script script) {
        this.reading = reading;
        this.sockets = sockets;
        this.script = script;
        this.listener = listen(wanted);
        this.address = (InetSocketAddress) listener.getLocalSocketAddress();
        this.acceptor = acceptOn(listener);
    }

    /// What is done about a request; an [IOException] only ends the connection, everything else
    /// that is thrown comes out of [#close].
    @FunctionalInterface
    public interface Script {
        void run(BackendRequest request, BackendReply reply) throws Exception;
    }

    /// How far a request is read before the script runs.
    public enum Reading {
        /// To its end.
        WHOLE,
        /// To the end of its head; the body is read at the same time.
        AT_HEAD,
        /// To the end of its head; the rest is for the script, which closes the connection. The
        /// receive buffer is small. Upgrades and CONNECT are always like this.
        BY_HAND
    }

    /// A backend on a free port of 127.0.0.1.
    public static Backend start(Script script) {
        return start(Reading.WHOLE, script);
    }

    /// A backend on a free port of 127.0.0.1.
    public static Backend start(Reading reading, Script script) {
        return start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), reading, script);
    }

    /// A backend at a certain address.
    public static Backend start(InetSocketAddress address, Reading reading, Script script) {
        return start(address, reading, ServerSocketFactory.getDefault(), script);
    }

    /// A backend with sockets of its own kind, as for TLS.
    public static Backend start(
            InetSocketAddress address,
            Reading reading,
            ServerSocketFactory sockets,
            Script script) {
        return new Backend(address, reading, sockets, script);
    }

    /// A backend that answers each request with status 200 and this body.
    public static Backend saying(String body) {
        return start((request, reply) -> reply.ok(body));
    }

    /// `127.0.0.1:port`.
    public String address() {
        return address.getAddress().getHostAddress() + ":" + port();
    }

    /// The same, for Java's sockets.
    public InetSocketAddress socketAddress() {
        return address;
    }

    /// The port it listens at, also while it is stopped.
    public int port() {
        return address.getPort();
    }

    /// All requests whose head has come, in their order.
    public List<BackendRequest> requests() {
        return List.copyOf(requests);
    }

    /// Waits for the n-th request, counted from 1.
    public BackendRequest await(int number) {
        awaitRequests(number);
        return requests.get(number - 1);
    }

    /// Waits until at least this many requests have come.
    public void awaitRequests(int count) {
        until(() -> requests.size() >= count, count + " requests have come");
    }

    /// The connections that the peer has not ended, and we have not closed.
    public synchronized int open() {
        return open.size();
    }

    /// All connections there ever were.
    public synchronized int total() {
        return total;
    }

    /// How long each connection was there that is gone.
    public synchronized List<Duration> lifetimes() {
        return List.copyOf(lifetimes);
    }

    /// The most connections that were open at once.
    public synchronized int mostOpen() {
        return mostOpen;
    }

    /// The most requests that had come and whose scripts were not done.
    public synchronized int mostInFlight() {
        return mostInFlight;
    }

    /// Waits until exactly this many connections are open.
    public void awaitOpen(int count) {
        until(() -> open() == count, count + " connections are open");
    }

    /// Waits until there have been at least this many connections.
    public void awaitTotal(int count) {
        until(() -> total() >= count, count + " connections have come");
    }

    /// Closes the open connections by FIN, and goes on listening.
    public void hangUp() {
        List<Socket> now;
        synchronized (this) {
            now = List.copyOf(open.keySet());
        }
        now.forEach(Backend::quietly);
    }

    /// Refuses new connections; those that are open stay.
    public void refuse() {
        try {
            listener.close();
            acceptor.join();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Takes new connections again, on the same port.
    public void accept() {
        listener = listen(address);
        acceptor = acceptOn(listener);
    }

    /// Refuses new connections and closes those that are open.
    public void stop() {
        refuse();
        hangUp();
    }

    /// Stops, and throws what the gateway or a script did wrong.
    @Override
    public void close() {
        stop();
        if (!mistakes.isEmpty()) {
            throw new AssertionError("at a backend", mistakes.getFirst());
        }
    }

    private ServerSocket listen(InetSocketAddress at) {
        try {
            ServerSocket server = sockets.createServerSocket();
            server.setReuseAddress(true);
            if (reading == Reading.BY_HAND) {
                server.setReceiveBufferSize(16 * 1024);
            }
            server.bind(at, 1000);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("listening at " + at, e);
        }
    }

    private Thread acceptOn(ServerSocket server) {
        return Thread.ofVirtual()
                .start(() -> {
                    while (!server.isClosed()) {
                        accept(server);
                    }
                });
    }

    private void accept(ServerSocket server) {
        try {
            Socket socket = server.accept();
            socket.setTcpNoDelay(true);
            int number = opened(socket);
            Thread.ofVirtual().start(() -> serve(socket, number));
        } catch (IOException e) {
            quietly(server);
        }
    }

    private void serve(Socket socket, int number) {
        CountDownLatch gone = new CountDownLatch(1);
        Thread last = null;
        try {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            BackendRequest request = BackendRequest.read(number, in);
            while (request != null) {
                last =
                        take(
                                request,
                                new BackendReply(socket, in, gone, () -> closed(socket)),
                                last);
                request = BackendRequest.read(number, in);
            }
        } catch (IOException e) {
            quietly(socket);
        } catch (AssertionError | InterruptedException e) {
            mistakes.add(e);
            quietly(socket);
        } finally {
            gone.countDown();
            closed(socket);
            afterwards(last, socket);
        }
    }

    /// Starts the script, and reads the request to its end or waits until the script has done so.
    private Thread take(BackendRequest request, BackendReply reply, @Nullable Thread before)
            throws IOException, InterruptedException {
        began(request);
        boolean byHand = reading == Reading.BY_HAND || request.upgrades();
        if (reading == Reading.WHOLE && !byHand) {
            readWhole(request, reply);
        }
        Thread answering = Thread.ofVirtual().start(() -> answer(request, reply, before));
        if (byHand) {
            answering.join();
        } else if (reading == Reading.AT_HEAD) {
            request.readBody(reply.input());
        }
        return answering;
    }

    private void readWhole(BackendRequest request, BackendReply reply) throws IOException {
        try {
            request.readBody(reply.input());
        } finally {
            if (!request.isWhole()) {
                ended();
            }
        }
    }

    private void answer(BackendRequest request, BackendReply reply, @Nullable Thread before) {
        try {
            if (before != null) {
                before.join();
            }
            script.run(request, reply);
        } catch (IOException e) {
            hangUpOn(reply);
        } catch (Throwable e) {
            mistakes.add(e);
            hangUpOn(reply);
        } finally {
            ended();
        }
    }

    /// A peer that has sent its FIN gets what its last request is answered with.
    private void afterwards(@Nullable Thread last, Socket socket) {
        try {
            if (last != null) {
                last.join();
            }
        } catch (InterruptedException e) {
            mistakes.add(e);
        }
        quietly(socket);
    }

    private synchronized int opened(Socket socket) {
        open.put(socket, System.nanoTime());
        mostOpen = Math.max(mostOpen, open.size());
        return ++total;
    }

    private synchronized void closed(Socket socket) {
        Long since = open.remove(socket);
        if (since != null) {
            lifetimes.add(Duration.ofNanos(System.nanoTime() - since));
        }
    }

    private synchronized void began(BackendRequest request) {
        requests.add(request);
        inFlight++;
        mostInFlight = Math.max(mostInFlight, inFlight);
    }

    private synchronized void ended() {
        inFlight--;
    }

    private void until(BooleanSupplier condition, String what) {
        try {
            Await.until(what + " to the backend", condition);
        } catch (AssertionError e) {
            throw new AssertionError("it " + this, e);
        }
    }

    @Override
    public String toString() {
        return "had " + requests + " over " + total() + " connections, " + open() + " open";
    }

    private static void hangUpOn(BackendReply reply) {
        try {
            reply.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void quietly(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            return;
        }
    }
}
