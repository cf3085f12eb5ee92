package io.spillgate.it.harness;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// One TCP connection that sends exact bytes and shows exactly what comes back.
///
/// A text stands for bytes, one char each (ISO 8859-1). Every wait ends with an error after
/// [Await#PATIENCE]; that error quotes what had come until then.
public final class Wire implements AutoCloseable {
    private static final int CONNECT_MILLIS = 10_000;
    private static final int QUOTED_CHARS = 2000;

    private final Socket socket;
    private final StringBuilder seen = new StringBuilder();
    private final byte[] buffer = new byte[16 * 1024];
    private int next;
    private int end;

    private Wire(Socket socket) {
        this.socket = socket;
    }

    /// Connects.
    public static Wire to(InetSocketAddress address) {
        return open(address, null, 0);
    }

    /// Connects from a certain address of this machine.
    public static Wire from(String source, InetSocketAddress address) {
        return open(address, source, 0);
    }

    /// Connects with a receive buffer of about this many bytes, so that a pause soon stalls the
    /// peer.
    public static Wire narrow(int receiveBufferBytes, InetSocketAddress address) {
        return open(address, null, receiveBufferBytes);
    }

    /// A connection that was accepted by a test.
    public static Wire over(Socket accepted) {
        return new Wire(accepted);
    }

    private static Wire open(InetSocketAddress address, @Nullable String source, int bufferBytes) {
        Socket socket = new Socket();
        try {
            if (bufferBytes > 0) {
                socket.setReceiveBufferSize(bufferBytes);
            }
            if (source != null) {
                socket.bind(new InetSocketAddress(InetAddress.getByName(source), 0));
            }
            socket.setTcpNoDelay(true);
            socket.connect(address, CONNECT_MILLIS);
            return new Wire(socket);
        } catch (IOException e) {
            throw new UncheckedIOException("connecting to " + address, e);
        }
    }

    /// Sends these bytes and nothing else.
    public Wire send(String bytes) {
        return send(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// Sends these bytes and nothing else.
    public Wire send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException("sending; received so far: " + quoted(), e);
        }
    }

    /// Sends these bytes; false when the peer does not take them any more.
    public boolean trySend(String bytes) {
        try {
            send(bytes);
            return true;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /// Sends lines: every LF of the text goes out as CRLF.
    public Wire sendLines(String lines) {
        return send(lines.replace("\n", "\r\n"));
    }

    /// Says that nothing more will be sent (FIN).
    public Wire halfClose() {
        try {
            socket.shutdownOutput();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Closes so that the peer sees a reset.
    public void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The next byte; -1 when the peer has sent its FIN.
    ///
    /// @throws AssertionError after a reset, or when nothing comes
    public int read() {
        if (next == end && !fill(Await.PATIENCE)) {
            return -1;
        }
        return buffer[next++] & 0xff;
    }

    /// Reads as many bytes as this text has, and requires that they are these.
    public Wire expect(String bytes) {
        String actual = take(bytes.length());
        if (!actual.equals(bytes)) {
            throw new AssertionError("expected " + bytes + "\nbut received " + actual);
        }
        return this;
    }

    /// Like [#expect]; every LF of the text stands for CRLF.
    public Wire expectLines(String lines) {
        return expect(lines.replace("\n", "\r\n"));
    }

    /// Requires that the peer ends with a FIN and sends nothing before it.
    public void expectEnd() {
        String rest = rest();
        if (!rest.isEmpty()) {
            throw new AssertionError("expected the end, but received " + rest);
        }
    }

    /// Requires that nothing comes for this long, neither a byte nor the end.
    public void expectSilence(Duration duration) {
        if (next != end) {
            throw new AssertionError("expected silence, but received " + quoted());
        }
        try {
            boolean bytes = fill(duration);
            throw new AssertionError(
                    bytes
                            ? "expected silence, but received " + quoted()
                            : "ended instead of waiting");
        } catch (Silence e) {
            return;
        }
    }

    /// Everything until the peer's FIN.
    public String rest() {
        StringBuilder text = new StringBuilder();
        for (int b = read(); b >= 0; b = read()) {
            text.append((char) b);
        }
        return text.toString();
    }

    /// Exactly this many bytes.
    public String take(int count) {
        StringBuilder text = new StringBuilder(count);
        for (int i = 0; i < count; i++) {
            text.append((char) readByte());
        }
        return text.toString();
    }

    /// The bytes up to the next CRLF, which is consumed.
    public String line() {
        StringBuilder text = new StringBuilder();
        while (true) {
            int b = readByte();
            if (b == '\r') {
                expect("\n");
                return text.toString();
            }
            if (b == '\n') {
                throw new AssertionError("bare LF after " + text);
            }
            text.append((char) b);
        }
    }

    /// Reads a status line and headers, and no byte more.
    public Answer head() {
        String statusLine = line();
        List<Answer.Header> headers = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new AssertionError("not a header line: " + line);
            }
            headers.add(
                    new Answer.Header(line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        return new Answer(statusLine, headers, "");
    }

    /// Reads a whole response to a request that was not HEAD.
    public Answer answer() {
        Answer head = head();
        return new Answer(head.statusLine(), head.headers(), body(head));
    }

    /// Whether the peer has ended the connection by a reset; waits for an end of either kind.
    public boolean endsByReset() {
        try {
            rest();
            return false;
        } catch (Reset e) {
            return true;
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String body(Answer head) {
        if (head.status() == 204 || head.status() == 304 || head.status() < 200) {
            return "";
        }
        String coding = head.header("Transfer-Encoding");
        String length = head.header("Content-Length");
        if (coding != null) {
            return chunks();
        }
        return length != null ? take(Integer.parseInt(length)) : rest();
    }

    private String chunks() {
        StringBuilder text = new StringBuilder();
        for (int size = chunkSize(); size > 0; size = chunkSize()) {
            text.append(take(size));
            expect("\r\n");
        }
        expect("\r\n");
        return text.toString();
    }

    /// The size line of a chunk.
    int chunkSize() {
        return Integer.parseInt(line(), 16);
    }

    private int readByte() {
        int b = read();
        if (b < 0) {
            throw new AssertionError("ended too early; received so far: " + quoted());
        }
        return b;
    }

    private boolean fill(Duration patience) {
        try {
            socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
            int count = socket.getInputStream().read(buffer);
            next = 0;
            end = Math.max(count, 0);
            remember();
            return count >= 0;
        } catch (SocketTimeoutException e) {
            throw new Silence("nothing came for " + patience + "; so far: " + quoted());
        } catch (SocketException e) {
            throw new Reset(e.getMessage() + "; received so far: " + quoted());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void remember() {
        seen.append(new String(buffer, 0, end, StandardCharsets.ISO_8859_1));
        if (seen.length() > QUOTED_CHARS) {
            seen.delete(0, seen.length() - QUOTED_CHARS);
        }
    }

    private String quoted() {
        return seen.isEmpty() ? "nothing" : "\"" + seen + "\"";
    }

    private static final class Silence extends AssertionError {
        private static final long serialVersionUID = 1L;

        private Silence(String message) {
            super(message);
        }
    }

    private static final class Reset extends AssertionError {
        private static final long serialVersionUID = 1L;

        private Reset(String message) {
            super(message);
        }
    }
}
