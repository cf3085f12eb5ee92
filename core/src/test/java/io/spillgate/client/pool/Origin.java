package io.spillgate.client.pool;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A server for tests: reads requests and lets a script answer each.
final class Origin implements AutoCloseable {
    private final ServerSocket socket;
    private final Script script;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();

    Origin(Script script) throws IOException {
        this.script = script;
        socket = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    /// Answers one request.
    interface Script {
        /// Writes the answer.
        ///
        /// @param number from 1, over all connections
        /// @return whether the connection stays
        boolean answer(int number, String request, Socket to) throws IOException;
    }

    int port() {
        return socket.getLocalPort();
    }

    int connections() {
        return connections.get();
    }

    /// Heads and bodies as they came.
    List<String> requests() {
        return requests;
    }

    static void write(Socket to, String text) throws IOException {
        to.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static boolean ok(Socket to, String body) throws IOException {
        write(to, "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        return true;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void accept() {
        try {
            while (true) {
                Socket accepted = socket.accept();
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(accepted));
            }
        } catch (IOException closed) {
            if (!socket.isClosed()) {
                throw new UncheckedIOException(closed);
            }
        }
    }

    private void serve(Socket accepted) {
        try (accepted) {
            InputStream in = new BufferedInputStream(accepted.getInputStream());
            String request;
            do {
                request = read(in);
                if (request.isEmpty()) {
                    return;
                }
                requests.add(request);
            } while (script.answer(requests.size(), request, accepted));
        } catch (IOException gone) {
            // the client has left
        }
    }

    private static String read(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            text.append((char) next);
        }
        String head = text.toString().toLowerCase(Locale.ROOT);
        int at = head.indexOf("content-length: ");
        if (at >= 0) {
            int length =
                    Integer.parseInt(head.substring(at + 16, head.indexOf("\r\n", at)).strip());
            text.append(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
        }
        while (head.contains("transfer-encoding: chunked")
                && !text.toString().endsWith("0\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            text.append((char) next);
        }
        return text.toString();
    }
}
