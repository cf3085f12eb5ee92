package io.spillgate.sse;

import java.nio.charset.StandardCharsets;

/// The framing of a piece of a body as one HTTP/1.1 chunk (RFC 9112 section 7.1). No state, any
/// thread.
public final class Chunks {
    private static final byte[] LINE_END = {'\r', '\n'};
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private Chunks() {}

    /// Bytes of a chunk with so many bytes in it.
    public static int length(int payload) {
        return Math.addExact(payload, hexDigits(payload) + 2 * LINE_END.length);
    }

    /// Writes what stands before so many bytes.
    public static void begin(int payload, ByteWindow to) {
        byte[] line = new byte[hexDigits(payload)];
        for (int i = 0; i < line.length; i++) {
            line[i] = HEX[(payload >>> (4 * (line.length - 1 - i))) & 0xf];
        }
        to.put(line);
        to.put(LINE_END);
    }

    /// Writes what stands behind them.
    public static void end(ByteWindow to) {
        to.put(LINE_END);
    }

    private static int hexDigits(int value) {
        return (Integer.SIZE - Integer.numberOfLeadingZeros(value) + 3) / 4;
    }
}
