package io.spillgate.http.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.http.BodyFraming;
import io.spillgate.http.HttpDate;
import io.spillgate.http.Response;

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

    private static final int USUAL_HEAD_BYTES = 512;
    private static final int CRLF = '\r' << 8 | '\n';
    private static final ByteBuf LINE_END =
            Unpooled.unreleasableBuffer(Unpooled.directBuffer(2, 2).writeShort(CRLF).asReadOnly());
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
    /// @param policy fields of the CORS policy
    /// @param close whether this is the connection's last answer
    /// @param http10 whether the client speaks HTTP/1.0 and has to be told that the connection
    ///   stays
    ByteBuf head(
            ByteBufAllocator allocator,
            int status,
            String reason,
            HttpHeaders headers,
            HttpHeaders policy,
            boolean close,
            boolean http10) {
        ByteBuf head = allocator.directBuffer(USUAL_HEAD_BYTES);
        statusLine(head, status, reason);
        if (status == 204) {
            headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        }
        lines(head, headers);
        if (!headers.contains(HttpHeaderNames.DATE)) {
            line(head, "Date", HttpDate.now());
        }
        if (this == CHUNKED) {
            line(head, "Transfer-Encoding", "chunked");
        }
        persistence(head, close, http10);
        lines(head, policy);
        return head.writeShort(CRLF);
    }

    /// An answer that is complete.
    ///
    /// @param policy fields of the CORS policy
    /// @param headOnly whether to leave out the content, for HEAD
    /// @param close whether this is the connection's last answer
    /// @param http10 whether the client speaks HTTP/1.0 and has to be told that the connection
    ///   stays
    static ByteBuf whole(
            ByteBufAllocator allocator,
            Response response,
            HttpHeaders policy,
            boolean headOnly,
            boolean close,
            boolean http10) {
        int status = response.status();
        int length = response.body().length;
        ByteBuf bytes = allocator.directBuffer(USUAL_HEAD_BYTES + (headOnly ? 0 : length));
        statusLine(bytes, status, response.phrase());
        line(bytes, "Date", HttpDate.now());
        lines(bytes, response.fields());
        if (status != 204 && status != 304) {
            line(bytes, "Content-Length", Integer.toString(length));
        }
        persistence(bytes, close, http10);
        lines(bytes, policy);
        bytes.writeShort(CRLF);
        return headOnly ? bytes : bytes.writeBytes(response.body());
    }

    /// The head of an event stream.
    ///
    /// @param body without chunks the connection's end is the body's
    static byte[] stream(HttpHeaders fields, HttpHeaders policy, BodyFraming body) {
        boolean chunked = body == BodyFraming.CHUNKS;
        ByteBuf head = Unpooled.buffer(USUAL_HEAD_BYTES);
        statusLine(head, 200, Response.phrase(200));
        line(head, "Date", HttpDate.now());
        lines(head, fields);
        line(head, "Connection", chunked ? "keep-alive" : "close");
        if (chunked) {
            line(head, "Transfer-Encoding", "chunked");
        }
        lines(head, policy);
        return ByteBufUtil.getBytes(head.writeShort(CRLF));
    }

    /// The head of an interim answer, or of a change of protocols.
    static ByteBuf interim(
            ByteBufAllocator allocator, int status, HttpHeaders headers, String moreLines) {
        ByteBuf head = allocator.directBuffer(USUAL_HEAD_BYTES);
        statusLine(head, status, Response.phrase(status));
        lines(head, headers);
        ByteBufUtil.writeAscii(head, moreLines);
        return head.writeShort(CRLF);
    }

    /// The line before a chunk.
    static ByteBuf chunkBegin(ByteBufAllocator allocator, int size) {
        ByteBuf begin = allocator.directBuffer(10);
        ByteBufUtil.writeAscii(begin, Integer.toHexString(size));
        return begin.writeShort(CRLF);
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
        ByteBuf last = allocator.directBuffer(USUAL_HEAD_BYTES);
        last.writeByte('0').writeShort(CRLF);
        lines(last, trailers);
        return last.writeShort(CRLF);
    }

    private static void persistence(ByteBuf head, boolean close, boolean http10) {
        if (close) {
            line(head, "Connection", "close");
        } else if (http10) {
            line(head, "Connection", "keep-alive");
        }
    }

    private static void statusLine(ByteBuf to, int status, String reason) {
        ByteBufUtil.writeAscii(to, "HTTP/1.1 ");
        ByteBufUtil.writeAscii(to, Integer.toString(status));
        ByteBufUtil.writeAscii(to.writeByte(' '), reason);
        to.writeShort(CRLF);
    }

    private static void lines(ByteBuf to, HttpHeaders headers) {
        Iterator<Map.Entry<CharSequence, CharSequence>> all = headers.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> line = all.next();
            line(to, line.getKey(), line.getValue());
        }
    }

    private static void line(ByteBuf to, CharSequence name, CharSequence value) {
        ByteBufUtil.writeAscii(to, name);
        ByteBufUtil.writeAscii(to.writeShort(':' << 8 | ' '), value);
        to.writeShort(CRLF);
    }
}
