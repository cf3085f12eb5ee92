package io.spillgate.bench.overload;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.Locale;

/// Finds the end of an answer, and of its bytes looks only at the head and the last five.
///
/// Enough for bodies that hold no digit and no line end, as those of [Backend] and of a refusal.
final class AnswerReader {
    private static final int MAX_HEAD_BYTES = 8 * 1024;
    private static final int MANY = 1024;
    private static final long LAST_CHUNK = 0x30_0d_0a_0d_0aL;
    private static final long TAIL = 0xff_ffff_ffffL;
    private static final int TAIL_BYTES = 5;

    private String head = "";
    private boolean inHead = true;
    private int status;
    private long length;
    private long bodyBytes;
    private long tail;
    private boolean closing;

    /// Begins with the next answer.
    void reset() {
        head = "";
        inHead = true;
        status = 0;
        length = 0;
        bodyBytes = 0;
        tail = 0;
        closing = false;
    }

    /// Takes all bytes.
    ///
    /// @return whether the answer is complete
    /// @throws IllegalStateException when this is no answer
    boolean read(ByteBuffer bytes) {
        if (inHead && !readHead(bytes)) {
            return false;
        }
        bodyBytes += bytes.remaining();
        if (length >= 0) {
            bytes.position(bytes.limit());
            return bodyBytes >= length;
        }
        bytes.position(Math.max(bytes.position(), bytes.limit() - TAIL_BYTES));
        while (bytes.hasRemaining()) {
            tail = (tail << 8 | bytes.get()) & TAIL;
        }
        return tail == LAST_CHUNK;
    }

    int status() {
        return status;
    }

    /// Bytes of the body that came, with the lines of its chunks.
    long bodyBytes() {
        return bodyBytes;
    }

    /// Whether the other side closes the connection after this answer.
    boolean isClosing() {
        return closing;
    }

    private boolean readHead(ByteBuffer bytes) {
        int before = head.length();
        byte[] some = new byte[Math.min(bytes.remaining(), MANY)];
        bytes.get(bytes.position(), some);
        head += new String(some, ISO_8859_1);
        int end = head.indexOf("\r\n\r\n");
        if (end < 0) {
            if (head.length() > MAX_HEAD_BYTES) {
                throw new IllegalStateException("a head of " + head.length() + " bytes");
            }
            bytes.position(bytes.position() + some.length);
            return bytes.hasRemaining() && readHead(bytes);
        }
        bytes.position(bytes.position() + end + 4 - before);
        parse(head.substring(0, end + 2).toLowerCase(Locale.ROOT));
        inHead = false;
        return true;
    }

    private void parse(String lines) {
        status = Integer.parseInt(lines.substring("http/1.1 ".length(), "http/1.1 200".length()));
        closing = lines.contains("\r\nconnection: close\r\n");
        String field = "\r\ncontent-length: ";
        int at = lines.indexOf(field);
        length = -1;
        if (at >= 0) {
            int from = at + field.length();
            length = Long.parseLong(lines.substring(from, lines.indexOf('\r', from)).strip());
        } else if (!lines.contains("\r\ntransfer-encoding: chunked\r\n")) {
            throw new IllegalStateException("an answer without a length: " + lines);
        }
    }
}
