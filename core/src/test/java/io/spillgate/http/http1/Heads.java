package io.spillgate.http.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.spillgate.config.LimitStatus;
import io.spillgate.http.Refusal;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Heads of requests as text, one char for each byte, and what becomes of them.
final class Heads {
    static final HeadLimits LIMITS = new HeadLimits(8192, 8192, 100, 64 * 1024, LimitStatus.SEED);

    private static final int LEADING = 3;

    private Heads() {}

    /// The verdict on bytes that come in pieces of this size: `complete N`, `incomplete`, or status
    /// and reason.
    static String verdict(byte[] bytes, int pieceSize, HeadLimits limits) {
        HeadScanner scanner = new HeadScanner(limits);
        ByteBuf in = Unpooled.buffer();
        in.writeZero(LEADING).skipBytes(LEADING);
        HeadScanner.Result result = scanner.scan(in);
        for (int at = 0;
                at < bytes.length && result == HeadScanner.Result.INCOMPLETE;
                at += pieceSize) {
            in.writeBytes(bytes, at, Math.min(pieceSize, bytes.length - at));
            result = scanner.scan(in);
        }
        return switch (result) {
            case COMPLETE -> "complete " + scanner.length();
            case INCOMPLETE -> "incomplete";
            case REFUSED -> describe(Objects.requireNonNull(scanner.refusal()));
        };
    }

    static String verdict(String head) {
        return verdict(head, LIMITS);
    }

    static String verdict(String head, HeadLimits limits) {
        byte[] bytes = head.getBytes(ISO_8859_1);
        return verdict(bytes, Math.max(1, bytes.length), limits);
    }

    /// The status that a head is refused with; 0 when it is complete, -1 when it is incomplete.
    static int status(String head) {
        String verdict = verdict(head);
        if (verdict.startsWith("complete")) {
            return 0;
        }
        return verdict.equals("incomplete") ? -1 : Integer.parseInt(verdict.substring(0, 3));
    }

    /// What Netty's decoder makes of bytes, after the scanner has passed (and perhaps touched)
    /// them.
    static List<HttpObject> decoded(byte[] bytes) {
        ByteBuf in = Unpooled.buffer().writeBytes(bytes);
        new HeadScanner(LIMITS).scan(in);
        HttpDecoderConfig config =
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(LIMITS.headBytes())
                        .setMaxHeaderSize(LIMITS.headBytes());
        EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder(config));
        channel.writeInbound(in);
        List<HttpObject> objects = new ArrayList<>();
        for (HttpObject next = channel.readInbound(); next != null; next = channel.readInbound()) {
            objects.add(next);
        }
        channel.finishAndReleaseAll();
        return objects;
    }

    static boolean isDecodable(byte[] bytes) {
        List<HttpObject> objects = decoded(bytes);
        return !objects.isEmpty()
                && objects.stream()
                        .map(HttpObject::decoderResult)
                        .allMatch(DecoderResult::isSuccess);
    }

    private static String describe(Refusal refusal) {
        return refusal.status() + " " + refusal.phrase() + ": " + refusal.reason();
    }
}
