package io.spillgate.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/// A server on loopback that takes one request from each connection and plays one scene of its
/// script for it, in the order in which the connections come.
final class ScriptedBackend implements AutoCloseable {
    static final String STREAM =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n";

    private final ServerSocket listener;
    private final BlockingQueue<String> heads = new LinkedBlockingQueue<>();

    /// What happens on a connection after the head of its request was read.
    @FunctionalInterface
    interface Scene {
        void play(Socket peer) throws IOException;
    }

    ScriptedBackend(Scene... script) throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> serve(List.of(script)));
    }

    /// Sends this text and closes.
    static Scene answers(String text) {
        return peer -> send(peer, text);
    }

    /// Sends a stream that ends.
    static Scene streams(String events) {
        return answers(STREAM + events);
    }

    /// Sends this text and stays until the client leaves.
    ///
    /// @param left completes when it did
    static Scene staysWith(String text, CompletableFuture<Void> left) {
        return peer -> {
            send(peer, text);
            awaitEnd(peer);
            left.complete(null);
        };
    }

    static void send(Socket peer, String text) throws IOException {
        peer.getOutputStream().write(text.getBytes(UTF_8));
    }

    /// Reads until the other side closes or resets.
    static void awaitEnd(Socket peer) {
        try {
            while (peer.getInputStream().read() >= 0) {
                // goes on
            }
        } catch (IOException e) {
            // A reset is an end, too.
        }
    }

    URI url(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    int port() {
        return listener.getLocalPort();
    }

    /// The head of the next request, as it came.
    String head() throws InterruptedException {
        return heads.take();
    }

    /// Heads that nobody asked for yet.
    int unreadHeads() {
        return heads.size();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void serve(List<Scene> script) {
        for (Scene scene : script) {
            try {
                Socket peer = listener.accept();
                Thread.ofVirtual().start(() -> play(scene, peer));
            } catch (IOException e) {
                return; // closed by the test
            }
        }
    }

    private void play(Scene scene, Socket peer) {
        try (peer) {
            heads.add(readHead(peer.getInputStream()));
            scene.play(peer);
        } catch (IOException e) {
            // The client left, which some tests want.
        }
    }

    private static String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed within a head");
            }
            head.write(next);
        }
        return head.toString(ISO_8859_1);
    }
}
