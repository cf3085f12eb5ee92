package io.spillgate.client.connect;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/// Speaks TLS on loopback: says `hello`, then sends back what it gets.
final class TlsServer implements AutoCloseable {
    private final SSLServerSocket server;
    private final BlockingQueue<Visit> visits = new LinkedBlockingQueue<>();

    TlsServer(SSLContext context) throws IOException {
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        server =
                (SSLServerSocket)
                        context.getServerSocketFactory().createServerSocket(0, 50, loopback);
    }

    /// A handshake that succeeded.
    ///
    /// @param serverNames what was asked for (SNI)
    /// @param session its id
    /// @param client the subject of the client's certificate; empty = it showed none
    record Visit(List<String> serverNames, List<Byte> session, String client) {}

    TlsServer protocol(String name) {
        server.setEnabledProtocols(new String[] {name});
        return this;
    }

    TlsServer needClientCertificate() {
        server.setNeedClientAuth(true);
        return this;
    }

    TlsServer start() {
        Thread.startVirtualThread(this::serve);
        return this;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    }

    /// Waits for the next handshake.
    Visit visit() throws InterruptedException {
        Visit visit = visits.poll(30, TimeUnit.SECONDS);
        if (visit == null) {
            throw new AssertionError("nobody came");
        }
        return visit;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void serve() {
        while (!server.isClosed()) {
            try {
                SSLSocket socket = (SSLSocket) server.accept();
                Thread.startVirtualThread(() -> serve(socket));
            } catch (IOException _) {
                return; // closed
            }
        }
    }

    private void serve(SSLSocket socket) {
        try (socket) {
            socket.startHandshake();
            ExtendedSSLSession session = (ExtendedSSLSession) socket.getSession();
            List<String> names =
                    session.getRequestedServerNames().stream()
                            .map(name -> new String(name.getEncoded(), StandardCharsets.US_ASCII))
                            .toList();
            visits.add(new Visit(names, boxed(session.getId()), client(session)));
            socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException _) {
            // the handshake failed, or the client went
        }
    }

    private static String client(ExtendedSSLSession session) {
        try {
            return session.getPeerPrincipal().getName();
        } catch (SSLPeerUnverifiedException _) {
            return "";
        }
    }

    private static List<Byte> boxed(byte[] bytes) {
        List<Byte> all = new java.util.ArrayList<>();
        for (byte one : bytes) {
            all.add(one);
        }
        return all;
    }
}
