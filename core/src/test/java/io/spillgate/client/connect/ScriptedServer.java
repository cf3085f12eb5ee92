package io.spillgate.client.connect;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/// Does the same to everybody who connects to it on loopback, and then closes.
final class ScriptedServer implements AutoCloseable {
    private final ServerSocket server;
    private final Script script;

    ScriptedServer(Script script) throws IOException {
        this.server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
        this.script = script;
        Thread.startVirtualThread(this::serve);
    }

    /// What is done to a connection.
    interface Script {
        void play(Socket socket) throws IOException;
    }

    int port() {
        return server.getLocalPort();
    }

    InetSocketAddress address() {
        return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void serve() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.startVirtualThread(() -> play(socket));
            } catch (IOException _) {
                return; // closed
            }
        }
    }

    private void play(Socket socket) {
        try (socket) {
            script.play(socket);
        } catch (IOException _) {
            // the other side went
        }
    }
}
