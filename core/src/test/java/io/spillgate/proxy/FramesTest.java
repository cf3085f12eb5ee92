package io.spillgate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;

/// Frames are written as hex digits, as in RFC 6455 section 5.7.
final class FramesTest {
    private static final String TEXT = "810548656c6c6f";
    private static final String MASKED_TEXT = "818537fa213d7f9f4d5158";
    private static final String EMPTY = "8900";
    private static final String MASKED_EMPTY = "8a8001020304";
    private static final String MEDIUM = "827e0100" + "55".repeat(256);
    private static final String LARGE = "02ff0000000000010000" + "01020304" + "aa".repeat(65_536);
    private static final String OURS = "8a04cafebabe";
    private static final byte[] PAYLOAD = ByteBufUtil.decodeHexDump("cafebabe");

    private final List<String> heads = new ArrayList<>();
    private final FrameTracker tracker =
            new FrameTracker(
                    (first, length) -> heads.add(Integer.toHexString(first) + " " + length));

    @ParameterizedTest
    @MethodSource("frames")
    void seesTheEndOfAFrameWithItsLastByteAndNotBefore(String frame) {
        ByteBuf bytes = bytes(frame);
        for (int at = 0; at < bytes.readableBytes(); at++) {
            assertThat(tracker.pass(bytes, at, at + 1)).isEqualTo(at + 1);
            assertThat(tracker.isBetweenFrames()).isEqualTo(at + 1 == bytes.readableBytes());
        }
        assertThat(heads).hasSize(1);
    }

    @Test
    void stopsAtTheEndOfEachFrame() {
        ByteBuf bytes = bytes(TEXT + MASKED_EMPTY + MEDIUM);
        List<Integer> ends = new ArrayList<>();
        for (int at = 0; at < bytes.readableBytes(); ) {
            at = tracker.pass(bytes, at, bytes.readableBytes());
            ends.add(at);
        }
        assertThat(ends).containsExactly(7, 13, 13 + 260);
        assertThat(heads).containsExactly("81 5", "8a 0", "82 256");
    }

    @Test
    void knowsNothingMoreAfterALengthThatIsNone() {
        ByteBuf bytes = bytes("82ff8000000000000000" + "01020304" + EMPTY);
        assertThat(tracker.pass(bytes, 0, bytes.readableBytes())).isEqualTo(bytes.readableBytes());
        assertThat(tracker.isBetweenFrames()).isFalse();
    }

    @Test
    void takesOutTheOneFrameWhereverTheStreamIsCut() {
        String near = "8a04cafebabf";
        String others = TEXT + near + "8a05cafebabe00" + "8a00" + "0a04cafebabe";
        String stream = OURS + TEXT + OURS + OURS + others.substring(TEXT.length()) + OURS + EMPTY;
        String kept = TEXT + others.substring(TEXT.length()) + EMPTY;
        for (int size = 1; size < 20; size++) {
            assertThat(filtered(stream, false, size))
                    .as("pieces of %d bytes", size)
                    .isEqualTo(kept);
        }
    }

    @Test
    void takesOutTheFrameUnderAnyMask() {
        String ours = "8a84" + "01020304" + "cbfcb9ba" + "8a84" + "00000000" + "cafebabe";
        String near = "8a84" + "01020304" + "cbfcb9bb" + "8a84" + "cafebabe" + "cafebabe";
        String stream = ours + MASKED_TEXT + near + ours + MASKED_EMPTY;
        for (int size = 1; size < 30; size++) {
            assertThat(filtered(stream, true, size))
                    .as("pieces of %d bytes", size)
                    .isEqualTo(MASKED_TEXT + near + MASKED_EMPTY);
        }
    }

    @Test
    void leavesThePatternInsideAnotherFrameAlone() {
        String wrapped = "8206" + OURS + "8a06" + OURS;
        for (int size = 1; size < 10; size++) {
            assertThat(filtered(wrapped, false, size)).isEqualTo(wrapped);
        }
    }

    @Test
    void holdsBackOnlyWhatMayBeTheFrame() {
        PongFilter filter = new PongFilter(tracker, PAYLOAD, false, () -> {});
        ByteBuf out = Unpooled.buffer();
        feed(filter, TEXT + "8a04ca", out);
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo(TEXT);
        feed(filter, "00", out);
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo(TEXT + "8a04ca00");
    }

    private static List<String> frames() {
        return List.of(TEXT, MASKED_TEXT, EMPTY, MASKED_EMPTY, MEDIUM, LARGE);
    }

    private static String filtered(String stream, boolean masked, int pieceBytes) {
        PongFilter filter =
                new PongFilter(new FrameTracker((first, length) -> {}), PAYLOAD, masked, () -> {});
        ByteBuf out = Unpooled.buffer();
        for (int at = 0; at < stream.length(); at += 2 * pieceBytes) {
            feed(filter, stream.substring(at, Math.min(stream.length(), at + 2 * pieceBytes)), out);
        }
        return ByteBufUtil.hexDump(out);
    }

    private static void feed(PongFilter filter, String hex, ByteBuf out) {
        ByteBuf piece = bytes(hex);
        filter.filter(
                piece,
                part -> {
                    out.writeBytes(part);
                    part.release();
                });
        assertThat(piece.refCnt()).isEqualTo(1);
        piece.release();
    }

    private static ByteBuf bytes(String hex) {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex));
    }
}
