package io.spillgate.listener;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;

/// How the client finds the end of an answer that is passed on piece by piece (RFC 9112 section
/// 6.3), and the bytes that tell it.
enum Framing {
    /// There is no content, whatever the headers say.
    NONE,
    /// Content-Length says how much comes.
    LENGTH,
    /// Chunks, of which the last one is empty.
    CHUNKED,
    /// The end of the connection.
    CLOSE;

    private static final ByteBuf LINE_END =
            Unpooled.unreleasableBuffer(
                    Unpooled.directBuffer(2, 2).writeShort('\r' << 8 | '\n').asReadOnly());
    private static final ByteBuf LAST_CHUNK =
            Unpooled.unreleasableBuffer(
                    Unpooled.directBuffer(5, 5)
                            .writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII))
                            .asReadOnly());

    /// The framing of an answer.
    ///
    /// @param head whether the request's method is HEAD
    /// @param http10 whether the client speaks HTTP/1.0
    static Framing of(int status, HttpHeaders headers, boolean head, boolean http10) {
        if (head || status == 204 || status == 304) {
            return NONE;
        }
        if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            return LENGTH;
        }
        return http10 ? CLOSE : CHUNKED;
    }

    /// The head of an answer.
    ///
    /// @param headers end-to-end fields; a Content-Length stays, except with status 204
    /// @param cors header lines of the CORS policy, which the backend's own ones replace
    /// @param close whether this is the connection's last answer
    /// @param http10 whether the client speaks HTTP/1.0 and has to be told that the connection
    ///   stays
    ByteBuf head(
            ByteBufAllocator allocator,
            int status,
            String reason,
            HttpHeaders headers,
            byte[] cors,
            boolean close,
            boolean http10) {
        StringBuilder head = new StringBuilder(512);
        head.append("HTTP/1.1 ").append(status).append(' ').append(reason).append("\r\n");
        if (status == 204) {
            headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        }
        lines(head, headers);
        if (!headers.contains(HttpHeaderNames.DATE)) {
            head.append("Date: ").append(HttpDate.now()).append("\r\n");
        }
        if (this == CHUNKED) {
            head.append("Transfer-Encoding: chunked\r\n");
        }
        if (close) {
            head.append("Connection: close\r\n");
        } else if (http10) {
            head.append("Connection: keep-alive\r\n");
        }
        if (!headers.contains(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN)) {
            head.append(new String(cors, StandardCharsets.ISO_8859_1));
        }
        return bytes(allocator, head.append("\r\n"));
    }

    /// The head of an interim answer, or of a change of protocols.
    static ByteBuf interim(
            ByteBufAllocator allocator, int status, HttpHeaders headers, String moreLines) {
        StringBuilder head = new StringBuilder(256);
        head.append("HTTP/1.1 ").append(status).append(' ').append(Answer.phrase(status));
        lines(head.append("\r\n"), headers);
        return bytes(allocator, head.append(moreLines).append("\r\n"));
    }

    /// The line before a chunk.
    static ByteBuf chunkBegin(ByteBufAllocator allocator, int size) {
        return bytes(allocator, new StringBuilder(Integer.toHexString(size)).append("\r\n"));
    }

    /// What follows a chunk.
    static ByteBuf chunkEnd() {
        return LINE_END.duplicate();
    }

    /// What follows the content.
    ///
    /// @param trailers passed on where the framing has a place for them
    ByteBuf end(ByteBufAllocator allocator, HttpHeaders trailers) {
        if (this != CHUNKED) {
            return Unpooled.EMPTY_BUFFER;
        }
        if (trailers.isEmpty()) {
            return LAST_CHUNK.duplicate();
        }
        StringBuilder last = new StringBuilder("0\r\n");
        lines(last, trailers);
        return bytes(allocator, last.append("\r\n"));
    }

    private static void lines(StringBuilder to, HttpHeaders headers) {
        Iterator<Map.Entry<CharSequence, CharSequence>> all = headers.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> line = all.next();
            to.append(line.getKey()).append(": ").append(line.getValue()).append("\r\n");
        }
    }

    private static ByteBuf bytes(ByteBufAllocator allocator, StringBuilder text) {
        ByteBuf bytes = allocator.directBuffer(text.length());
        bytes.writeCharSequence(text, StandardCharsets.ISO_8859_1);
        return bytes;
    }
}
