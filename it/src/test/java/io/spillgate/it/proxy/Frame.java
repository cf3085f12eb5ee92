package io.spillgate.it.proxy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/// A frame of a WebSocket (RFC 6455 section 5.2) with a payload of at most 125 bytes.
///
/// @param first its first byte, with the final bit and the opcode
/// @param masked whether it was masked, as those of clients are
/// @param payload each byte one char
record Frame(int first, boolean masked, String payload) {
    /// An unfragmented text.
    static final int TEXT = 0x81;

    /// Asks for a pong.
    static final int PING = 0x89;

    /// Answers a ping.
    static final int PONG = 0x8a;

    private static final int[] MASK = {0x37, 0xfa, 0x21, 0x3d};

    /// The bytes of a frame as a client sends it.
    static String ofClient(int first, String payload) {
        StringBuilder bytes = new StringBuilder();
        bytes.append((char) first).append((char) (0x80 | payload.length()));
        for (int key : MASK) {
            bytes.append((char) key);
        }
        for (int i = 0; i < payload.length(); i++) {
            bytes.append((char) (payload.charAt(i) ^ MASK[i % 4]));
        }
        return bytes.toString();
    }

    /// The bytes of a frame as a server sends it.
    static String ofServer(int first, String payload) {
        return "" + (char) first + (char) payload.length() + payload;
    }

    /// Reads one frame, masked or not.
    static Frame read(InputStream in) throws IOException {
        int first = next(in);
        int second = next(in);
        int length = second & 0x7f;
        if (length > 125) {
            throw new IOException("a longer frame than these tests send: " + length);
        }
        boolean masked = (second & 0x80) != 0;
        int[] mask = new int[4];
        for (int i = 0; masked && i < 4; i++) {
            mask[i] = next(in);
        }
        StringBuilder payload = new StringBuilder();
        for (int i = 0; i < length; i++) {
            payload.append((char) (next(in) ^ mask[i % 4]));
        }
        return new Frame(first, masked, payload.toString());
    }

    @Override
    public String toString() {
        String mark = masked ? "masked " : "";
        return mark + String.format(Locale.ROOT, "%02x", first) + " \"" + payload + "\"";
    }

    private static int next(InputStream in) throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new EOFException("the tunnel has ended");
        }
        return b;
    }
}
