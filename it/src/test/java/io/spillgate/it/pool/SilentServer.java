package io.spillgate.it.pool;

import io.spillgate.it.harness.Await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/// A server that says nothing: it counts who comes, and shuts them out when it is told. Where TLS
/// is expected of it, that is a connection attempt which fails just then.
final class SilentServer implements AutoCloseable {
    private final ServerSocket listener;
    private final List<Socket> inside = new ArrayList<>();
    private int attempts;

    SilentServer() {
        try {
            listener = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::welcome);
    }

    String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /// How many have ever come.
    synchronized int attempts() {
        return attempts;
    }

    void awaitAttempts(int count) {
        Await.until(count + " attempts have come", () -> attempts() >= count);
    }

    /// Closes all connections there are.
    synchronized void shut() {
        for (Socket socket : inside) {
            close(socket);
        }
        inside.clear();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        shut();
    }

    private void welcome() {
        while (!listener.isClosed()) {
            try {
                came(listener.accept());
            } catch (IOException e) {
                return;
            }
        }
    }

    private synchronized void came(Socket socket) {
        attempts++;
        inside.add(socket);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
