package io.spillgate.sse;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Well-formedness of UTF-8 (RFC 3629 section 4), told without decoding.
///
/// ASCII is passed eight bytes at a time; everything else walks the table of the RFC: no overlong
/// forms, no surrogates, nothing above U+10FFFF.
final class Utf8 {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long NOT_ASCII = 0x8080808080808080L;

    private Utf8() {}

    /// Whether the bytes from `from` (inclusive) to `to` (exclusive) are well-formed UTF-8.
    static boolean isValid(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            at = skipAscii(bytes, at, to);
            if (at == to) {
                return true;
            }
            int length = sequenceLength(bytes, at, to);
            if (length == 0) {
                return false;
            }
            at += length;
        }
        return true;
    }

    /// The number of bytes of the text in UTF-8, or -1 when it holds half of a surrogate pair.
    static int length(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes++;
            } else if (c < 0x800) {
                bytes += 2;
            } else if (!Character.isSurrogate(c)) {
                bytes += 3;
            } else if (i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                return -1;
            }
        }
        return bytes;
    }

    private static int skipAscii(byte[] bytes, int from, int to) {
        int at = from;
        while (at <= to - Long.BYTES && ((long) LONGS.get(bytes, at) & NOT_ASCII) == 0) {
            at += Long.BYTES;
        }
        while (at < to && bytes[at] >= 0) {
            at++;
        }
        return at;
    }

    /// The length of the sequence of two to four bytes that begins here, 0 when it is not well
    /// formed.
    private static int sequenceLength(byte[] bytes, int at, int to) {
        int lead = bytes[at] & 0xff;
        if (lead >= 0xc2 && lead <= 0xdf) {
            return continues(bytes, at + 1, at + 2, to) ? 2 : 0;
        }
        if (lead >= 0xe0 && lead <= 0xef) {
            int low = lead == 0xe0 ? 0xa0 : 0x80;
            int high = lead == 0xed ? 0x9f : 0xbf;
            boolean valid =
                    second(bytes, at + 1, to, low, high) && continues(bytes, at + 2, at + 3, to);
            return valid ? 3 : 0;
        }
        if (lead >= 0xf0 && lead <= 0xf4) {
            int low = lead == 0xf0 ? 0x90 : 0x80;
            int high = lead == 0xf4 ? 0x8f : 0xbf;
            boolean valid =
                    second(bytes, at + 1, to, low, high) && continues(bytes, at + 2, at + 4, to);
            return valid ? 4 : 0;
        }
        return 0;
    }

    private static boolean second(byte[] bytes, int at, int to, int low, int high) {
        return at < to && (bytes[at] & 0xff) >= low && (bytes[at] & 0xff) <= high;
    }

    private static boolean continues(byte[] bytes, int from, int until, int to) {
        if (until > to) {
            return false;
        }
        for (int at = from; at < until; at++) {
            if ((bytes[at] & 0xc0) != 0x80) {
                return false;
            }
        }
        return true;
    }
}
