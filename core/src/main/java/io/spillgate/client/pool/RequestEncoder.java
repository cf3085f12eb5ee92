package io.spillgate.client.pool;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;

import java.util.Iterator;
import java.util.Map;

/// Writes requests as HTTP/1.1 (RFC 9112).
final class RequestEncoder {
    private static final int CRLF = '\r' << 8 | '\n';
    private static final int COLON_SPACE = ':' << 8 | ' ';
    private static final byte[] LAST_CHUNK = {'0', '\r', '\n'};

    private final String userAgent;
    private final int sizeHint;

    /// @param userAgent for requests without one; empty = none
    /// @param sizeHint first size of the buffer, in bytes
    RequestEncoder(String userAgent, int sizeHint) {
        this.userAgent = userAgent;
        this.sizeHint = sizeHint;
    }

    /// The head of a request, with the framing of its body.
    ByteBuf head(ByteBufAllocator allocator, PoolRequest request) {
        ByteBuf out = allocator.directBuffer(sizeHint);
        ByteBufUtil.writeAscii(out, request.method());
        out.writeByte(' ');
        ByteBufUtil.writeAscii(out, request.target());
        ByteBufUtil.writeAscii(out, " HTTP/1.1\r\n");
        headers(out, request.headers());
        switch (request.body()) {
            case Body.None _ -> {}
            case Body.Held held -> length(out, held.bytes().readableBytes());
            case Body.Streamed streamed when streamed.length() >= 0 ->
                    length(out, streamed.length());
            case Body.Streamed _ -> header(out, "Transfer-Encoding", "chunked");
        }
        if (!userAgent.isEmpty() && !request.headers().contains(HttpHeaderNames.USER_AGENT)) {
            header(out, "User-Agent", userAgent);
        }
        if (request.upgrade() != null) {
            header(out, "Connection", "Upgrade");
            header(out, "Upgrade", request.upgrade());
        }
        return out.writeShort(CRLF);
    }

    /// What stands before the bytes of a chunk; a CRLF follows them.
    static ByteBuf chunkHead(ByteBufAllocator allocator, int size) {
        ByteBuf out = allocator.directBuffer(10);
        ByteBufUtil.writeAscii(out, Integer.toHexString(size));
        return out.writeShort(CRLF);
    }

    /// The end of a chunked body.
    static ByteBuf lastChunk(ByteBufAllocator allocator, HttpHeaders trailers) {
        ByteBuf out = allocator.directBuffer(64).writeBytes(LAST_CHUNK);
        headers(out, trailers);
        return out.writeShort(CRLF);
    }

    private static void headers(ByteBuf out, HttpHeaders headers) {
        Iterator<Map.Entry<CharSequence, CharSequence>> all = headers.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> one = all.next();
            header(out, one.getKey(), one.getValue());
        }
    }

    private static void length(ByteBuf out, long length) {
        header(out, "Content-Length", Long.toString(length));
    }

    private static void header(ByteBuf out, CharSequence name, CharSequence value) {
        ByteBufUtil.writeAscii(out, name);
        out.writeShort(COLON_SPACE);
        ByteBufUtil.writeAscii(out, value);
        out.writeShort(CRLF);
    }
}
