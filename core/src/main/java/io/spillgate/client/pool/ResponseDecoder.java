package io.spillgate.client.pool;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Netty's decoder of responses, made stricter; a subclass knows which request is being answered.
abstract class ResponseDecoder extends HttpResponseDecoder {
    private static final int MAX_HEAD_BYTES = 64 * 1024;
    private static final int MAX_PIECE_BYTES = 64 * 1024;

    ResponseDecoder() {
        super(
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(MAX_HEAD_BYTES)
                        .setMaxHeaderSize(MAX_HEAD_BYTES)
                        .setMaxChunkSize(MAX_PIECE_BYTES)
                        .setAllowDuplicateContentLengths(false));
    }

    /// Bytes came.
    ///
    /// @return whether they may be an answer; if not, they are dropped
    abstract boolean heard();

    /// Whether the request that is being answered is a HEAD.
    abstract boolean isAnsweringHead();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (heard()) {
            super.channelRead(ctx, message);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    /// Not Netty's, which reads on from a connection that is paused when a read made no message.
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        discardSomeReadBytes();
        ctx.fireChannelReadComplete();
    }

    /// Whether bytes came behind what was decoded.
    boolean hasLeftover() {
        return actualReadableBytes() > 0;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        int status = ((HttpResponse) message).status().code();
        return status < 200 || status == 204 || status == 304 || isAnsweringHead();
    }

    /// Netty takes the version in lower case too.
    @Override
    protected String splitFirstWordInitialLine(byte[] line, int start, int length) {
        String version = super.splitFirstWordInitialLine(line, start, length);
        if (!version.startsWith("HTTP/")) {
            throw new IllegalArgumentException("it begins with \"" + version + "\"");
        }
        return version;
    }

    /// Netty replaces control bytes in a reason by blanks.
    @Override
    protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
        for (int i = start; i < start + length; i++) {
            if (line[i] >= 0 && line[i] < ' ' && line[i] != '\t') {
                throw new IllegalArgumentException("its reason has a control byte");
            }
        }
        return super.splitThirdWordInitialLine(line, start, length);
    }

    /// Netty leaves out what stands between a blank in a name and the colon.
    @Override
    protected AsciiString splitHeaderName(byte[] line, int start, int length) {
        if (line[start + length] != ':') {
            throw new IllegalArgumentException("the name of a header has a blank");
        }
        AsciiString common = FieldNames.common(line, start, length);
        return common == null ? super.splitHeaderName(line, start, length) : common;
    }

    /// What is wrong with a decoded head, null when nothing is (RFC 9112 sections 2.3 and 6.1).
    static @Nullable String fault(HttpResponse response) {
        if (response.decoderResult().isFailure()) {
            return String.valueOf(response.decoderResult().cause().getMessage());
        }
        if (response.protocolVersion().majorVersion() != 1) {
            return "its version is " + response.protocolVersion();
        }
        int status = response.status().code();
        if (status < 100 || status > 599) {
            return "its status is " + status;
        }
        HttpHeaders headers = response.headers();
        List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (codings.isEmpty()) {
            return null;
        }
        boolean chunked =
                codings.size() == 1
                        && AsciiString.contentEqualsIgnoreCase(
                                codings.getFirst().strip(), "chunked");
        return chunked ? null : "its Transfer-Encoding is " + codings;
    }
}
