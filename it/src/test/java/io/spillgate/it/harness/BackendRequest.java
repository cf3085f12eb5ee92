package io.spillgate.it.harness;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A request as it stood on the wire at a [Backend]; read strictly, so that anything but sound
/// HTTP/1.1 counts as a mistake of the gateway.
public final class BackendRequest {
    private static final int MOST_HEAD_BYTES = 256 * 1024;

    private final int connection;
    private final String head;
    private final List<String> lines;
    private final ByteArrayOutputStream raw = new ByteArrayOutputStream();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean whole;

    private BackendRequest(int connection, String head) {
        this.connection = connection;
        this.head = head;
        this.lines = List.of(head.substring(0, head.length() - 4).split("\r\n"));
        check();
    }

    /// The next request of a connection, without its body; null when the peer has sent its FIN.
    ///
    /// @throws AssertionError when it is not sound HTTP/1.1
    static @Nullable BackendRequest read(int connection, InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            head.append((char) b);
            if (b == '\n' && (head.length() < 2 || head.charAt(head.length() - 2) != '\r')) {
                throw new AssertionError("bare LF in a head: " + head);
            }
            if (head.length() > MOST_HEAD_BYTES) {
                throw new AssertionError("a head without end: " + head.substring(0, 2000));
            }
            if (b == '\n' && head.length() >= 4 && head.indexOf("\r\n\r\n") >= 0) {
                return new BackendRequest(connection, head.toString());
            }
        }
        if (!head.isEmpty()) {
            throw new EOFException("half a head: " + head);
        }
        return null;
    }

    /// The number of the connection it came by, from 1.
    public int connection() {
        return connection;
    }

    /// The exact bytes of request line and headers, with the blank line.
    public String head() {
        return head;
    }

    /// The request line without CRLF.
    public String line() {
        return lines.getFirst();
    }

    /// The method of the request line.
    public String method() {
        return line().split(" ", 3)[0];
    }

    /// The target of the request line.
    public String target() {
        return line().split(" ", 3)[1];
    }

    /// The value of a header; null when it is absent.
    ///
    /// @throws AssertionError when it is there more than once
    public @Nullable String header(String name) {
        List<String> values = values(name);
        if (values.size() > 1) {
            throw new AssertionError(name + " is there " + values.size() + " times: " + head);
        }
        return values.isEmpty() ? null : values.getFirst();
    }

    /// All values of a header.
    public List<String> values(String name) {
        return lines.stream()
                .skip(1)
                .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .map(line -> line.substring(name.length() + 1).strip())
                .toList();
    }

    /// Waits for the end of the body and returns it without its framing, each byte one char.
    public String body() {
        awaitEnd();
        if (!whole) {
            throw new AssertionError("the body ended early, after " + bodySoFar() + "\n" + head);
        }
        return bodySoFar();
    }

    /// What of the body has come.
    public String bodySoFar() {
        synchronized (body) {
            return body.toString(StandardCharsets.ISO_8859_1);
        }
    }

    /// Waits for the end of the body and returns it as it stood on the wire, with its framing.
    public String rawBody() {
        awaitEnd();
        return raw.toString(StandardCharsets.ISO_8859_1);
    }

    /// Whether all of it has come.
    public boolean isWhole() {
        return whole;
    }

    /// Waits until the body is complete, or can't be any more.
    public void awaitEnd() {
        try {
            if (!ended.await(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("still without its end: " + head + bodySoFar());
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public String toString() {
        return "(connection " + connection + ") " + line();
    }

    boolean upgrades() {
        return method().equals("CONNECT") || header("Upgrade") != null;
    }

    void readBody(InputStream in) throws IOException {
        try {
            String length = header("Content-Length");
            if (header("Transfer-Encoding") != null) {
                readChunks(in);
            } else if (length != null) {
                copy(in, Long.parseLong(length));
            }
            whole = true;
        } finally {
            ended.countDown();
        }
    }

    private void readChunks(InputStream in) throws IOException {
        while (true) {
            long size = Long.parseLong(readLine(in), 16);
            if (size == 0) {
                break;
            }
            copy(in, size);
            String end = readLine(in);
            if (!end.isEmpty()) {
                throw new AssertionError("a chunk goes on: " + end);
            }
        }
        String trailer = readLine(in);
        while (!trailer.isEmpty()) {
            trailer = readLine(in);
        }
    }

    private String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            raw.write(b);
            line.append((char) b);
            if (b == '\n') {
                if (line.length() < 2 || line.charAt(line.length() - 2) != '\r') {
                    throw new AssertionError("bare LF in a body: " + line);
                }
                return line.substring(0, line.length() - 2);
            }
        }
        throw new EOFException("half a line: " + line);
    }

    private void copy(InputStream in, long count) throws IOException {
        byte[] buffer = new byte[16 * 1024];
        long left = count;
        while (left > 0) {
            int got = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (got < 0) {
                throw new EOFException(left + " bytes are missing");
            }
            raw.write(buffer, 0, got);
            synchronized (body) {
                body.write(buffer, 0, got);
            }
            left -= got;
        }
    }

    private void check() {
        if (!line().matches("[!-~]+ [!-~]+ HTTP/1\\.1")) {
            throw new AssertionError("not a request line: " + head);
        }
        for (String line : lines.subList(1, lines.size())) {
            if (!line.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+:[\\t -~\\x80-\\xff]*")) {
                throw new AssertionError("not a header line: " + line + "\nin " + head);
            }
        }
        List<String> framing = Arrays.asList(header("Content-Length"), header("Transfer-Encoding"));
        if (!framing.contains(null)
                || (framing.get(0) != null && !framing.get(0).matches("[0-9]{1,18}"))
                || (framing.get(1) != null && !framing.get(1).equals("chunked"))) {
            throw new AssertionError("no clear framing: " + head);
        }
        if (header("Host") == null) {
            throw new AssertionError("no Host: " + head);
        }
    }
}
