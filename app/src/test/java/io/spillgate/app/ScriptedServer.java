package io.spillgate.app;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// Answers one request on each connection, in the order of its script, and keeps what it was asked.
final class ScriptedServer implements AutoCloseable {
    private final ServerSocket listener;
    private final BlockingQueue<String> heads = new LinkedBlockingQueue<>();

    /// What happens to one request after its head was read.
    @FunctionalInterface
    interface Scene {
        void play(InputStream body, Socket peer) throws IOException;
    }

    ScriptedServer(List<Scene> script) throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> serve(script));
    }

    /// Sends these bytes and closes.
    static Scene answers(String response) {
        return (body, peer) -> peer.getOutputStream().write(utf8(response));
    }

    /// Sends an event stream that ends.
    static Scene streams(String events) {
        return answers("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + events);
    }

    String url() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    /// The next request's head as it came, waiting for it.
    String head() throws InterruptedException {
        return heads.take();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void serve(List<Scene> script) {
        for (Scene scene : script) {
            try (Socket peer = listener.accept()) {
                heads.add(readHead(peer.getInputStream()));
                scene.play(peer.getInputStream(), peer);
            } catch (IOException e) {
                if (listener.isClosed()) {
                    return;
                }
                throw new UncheckedIOException(e);
            }
        }
    }

    private static String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
