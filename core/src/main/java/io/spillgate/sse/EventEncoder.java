package io.spillgate.sse;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;

/// Writes events, comments and notices in the event-stream format, each as one HTTP/1.1 chunk.
///
/// Two passes: the first counts, the second fills one array of exactly that size. No state, any
/// thread. Source: WHATWG HTML section 9.2.5, RFC 9112 section 7.1.
public final class EventEncoder {
    private static final byte[] ID = ascii("id: ");
    private static final byte[] TYPE = ascii("event: ");
    private static final byte[] RETRY = ascii("retry: ");
    private static final byte[] DATA = ascii("data: ");
    private static final int MOST_DIGITS = 19;

    private EventEncoder() {}

    /// Encodes an event. Its id is `idPrefix` and a place of `seqDigits` digits, which
    /// [Frame#stamp(long)] fills when the sequence is known; `:` and the publisher's own id follow
    /// where there is one.
    ///
    /// @param idPrefix ASCII, what stands before the sequence number: the epoch and `-`
    /// @param seqDigits digits to keep free, 1 to 19
    public static Frame encode(Event event, String idPrefix, int seqDigits) {
        if (seqDigits < 1 || seqDigits > MOST_DIGITS) {
            throw new IllegalArgumentException(
                    "seqDigits is " + seqDigits + ", must be 1 to " + MOST_DIGITS);
        }
        byte @Nullable [] id = utf8(event.id());
        byte @Nullable [] type = utf8(event.type());
        long retry = event.retryMillis();
        int payload = ID.length + idPrefix.length() + seqDigits + 1;
        payload += id == null ? 0 : 1 + id.length;
        payload += dataLength(event.data()) + 1;
        payload += type == null ? 0 : TYPE.length + type.length + 1;
        payload += retry < 0 ? 0 : RETRY.length + digits(retry) + 1;

        byte[] out = new byte[chunkLength(payload)];
        int start = putLengthLine(out, payload);
        int seqStart = putAscii(out, put(out, start, ID), idPrefix);
        int at = seqStart + seqDigits;
        if (id != null) {
            out[at++] = Event.ID_SEPARATOR;
            at = put(out, at, id);
        }
        out[at++] = '\n';
        if (type != null) {
            at = put(out, put(out, at, TYPE), type);
            out[at++] = '\n';
        }
        if (retry >= 0) {
            at = put(out, at, RETRY);
            at = putDecimal(out, at, digits(retry), retry);
            out[at++] = '\n';
        }
        at = putData(out, at, event.data());
        out[at++] = '\n';
        putCrLf(out, at);
        return new Frame(out, start, at, seqStart, seqDigits);
    }

    /// Frames text that is already in the event-stream format, such as a comment.
    public static byte[] chunk(String text) {
        return chunk(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Frames bytes that are already in the event-stream format.
    ///
    /// @throws IllegalArgumentException when there are none: an empty chunk would end the response
    public static byte[] chunk(byte[] payload) {
        if (payload.length == 0) {
            throw new IllegalArgumentException("an empty chunk ends the response");
        }
        byte[] out = new byte[chunkLength(payload.length)];
        putCrLf(out, put(out, putLengthLine(out, payload.length), payload));
        return out;
    }

    /// Decimal digits of a number that is not negative.
    static int digits(long value) {
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        return digits;
    }

    static int putDecimal(byte[] out, int at, int digits, long value) {
        long rest = value;
        for (int i = at + digits - 1; i >= at; i--) {
            out[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return at + digits;
    }

    private static int dataLength(byte[] data) {
        int lines = 1;
        int text = data.length;
        for (int i = 0; i < data.length; i++) {
            byte b = data[i];
            if (b == '\n' || b == '\r') {
                lines++;
                text--;
                if (isCrLf(data, i)) {
                    text--;
                    i++;
                }
            }
        }
        return Math.addExact(Math.multiplyExact(lines, DATA.length + 1), text);
    }

    private static int putData(byte[] out, int position, byte[] data) {
        int at = position;
        int from = 0;
        for (int i = 0; i < data.length; i++) {
            byte b = data[i];
            if (b == '\n' || b == '\r') {
                at = putLine(out, at, data, from, i);
                if (isCrLf(data, i)) {
                    i++;
                }
                from = i + 1;
            }
        }
        return putLine(out, at, data, from, data.length);
    }

    private static int putLine(byte[] out, int position, byte[] data, int from, int to) {
        int at = put(out, position, DATA);
        System.arraycopy(data, from, out, at, to - from);
        at += to - from;
        out[at++] = '\n';
        return at;
    }

    private static boolean isCrLf(byte[] data, int at) {
        return data[at] == '\r' && at + 1 < data.length && data[at + 1] == '\n';
    }

    private static int chunkLength(int payload) {
        return Math.addExact(payload, hexDigits(payload) + 4);
    }

    private static int putLengthLine(byte[] out, int payload) {
        int digits = hexDigits(payload);
        for (int i = 0; i < digits; i++) {
            int nibble = (payload >>> (4 * (digits - 1 - i))) & 0xf;
            out[i] = (byte) (nibble < 10 ? '0' + nibble : 'a' + nibble - 10);
        }
        return putCrLf(out, digits);
    }

    private static int hexDigits(int value) {
        return (Integer.SIZE - Integer.numberOfLeadingZeros(value) + 3) / 4;
    }

    private static int putCrLf(byte[] out, int at) {
        out[at] = '\r';
        out[at + 1] = '\n';
        return at + 2;
    }

    private static int put(byte[] out, int at, byte[] bytes) {
        System.arraycopy(bytes, 0, out, at, bytes.length);
        return at + bytes.length;
    }

    private static int putAscii(byte[] out, int at, String text) {
        for (int i = 0; i < text.length(); i++) {
            out[at + i] = (byte) text.charAt(i);
        }
        return at + text.length();
    }

    private static byte @Nullable [] utf8(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
