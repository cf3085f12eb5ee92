package io.spillgate.proxy;

import io.netty.buffer.ByteBuf;

/// Knows where the frames of one direction of a WebSocket begin and end, and changes nothing (RFC
/// 6455 section 5.2).
final class FrameTracker {
    private static final int LENGTH_IN_TWO_BYTES = 126;
    private static final int LENGTH_IN_EIGHT_BYTES = 127;
    private static final int MASK_BYTES = 4;

    private final Heads heads;
    private final byte[] head = new byte[2 + Long.BYTES + MASK_BYTES];
    private int headBytes;
    private long payloadLeft;
    private boolean lost;

    /// @param heads is told of each frame
    FrameTracker(Heads heads) {
        this.heads = heads;
    }

    /// Whether the last byte that was passed ended a frame, or none was passed.
    boolean isBetweenFrames() {
        return headBytes == 0 && payloadLeft == 0 && !lost;
    }

    /// Passes over bytes, up to the end of the frame that they belong to.
    ///
    /// @param from index of the first byte; must be less than `to`
    /// @return the index behind that frame, or `to` if it goes on
    int pass(ByteBuf in, int from, int to) {
        if (lost) {
            return to;
        }
        int at = from;
        while (payloadLeft == 0 && at < to) {
            head[headBytes++] = in.getByte(at++);
            if (headBytes == headLength() && endHead()) {
                return lost ? to : at;
            }
        }
        int payload = (int) Math.min(payloadLeft, to - at);
        payloadLeft -= payload;
        return at + payload;
    }

    /// How long the head is, as far as is known.
    private int headLength() {
        if (headBytes < 2) {
            return 2;
        }
        int mask = (head[1] & 0x80) == 0 ? 0 : MASK_BYTES;
        return switch (head[1] & 0x7f) {
            case LENGTH_IN_TWO_BYTES -> 2 + Short.BYTES + mask;
            case LENGTH_IN_EIGHT_BYTES -> 2 + Long.BYTES + mask;
            default -> 2 + mask;
        };
    }

    /// Takes the length of the payload; true when there is none to come.
    private boolean endHead() {
        int code = head[1] & 0x7f;
        long length = code;
        if (code >= LENGTH_IN_TWO_BYTES) {
            int bytes = code == LENGTH_IN_TWO_BYTES ? Short.BYTES : Long.BYTES;
            length = 0;
            for (int i = 0; i < bytes; i++) {
                length = length << Byte.SIZE | (head[2 + i] & 0xff);
            }
        }
        headBytes = 0;
        lost = length < 0;
        payloadLeft = Math.max(length, 0);
        heads.frame(head[0] & 0xff, length);
        return payloadLeft == 0;
    }

    /// Who wants to know of the frames.
    interface Heads {
        /// A frame begins.
        ///
        /// @param first its first byte: the final bit, three reserved ones, the opcode
        /// @param length of its payload; negative when the peer does not keep to the protocol, and
        ///   nothing is known from here on
        void frame(int first, long length);
    }
}
