package io.spillgate.net;

import io.netty.channel.Channel;
import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Who knocks at a listening socket that is about to be closed.
///
/// The kernel makes connections by itself, and resets those that nobody has accepted when their
/// socket closes. A client that has sent its request by then can't know whether it was served. So
/// the kernel is told to overhear every SYN first (a filter as in packet(7), which sees segments
/// from their TCP header on), and what was under way is accepted. Who was not heard sends its SYN
/// again after a second, and is refused like anybody who comes later.
public final class Newcomers {
    private static final Logger LOG = LoggerFactory.getLogger(Newcomers.class);
    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_FILTER = 26;

    private static final int LOAD_BYTE = 0x30;
    private static final int SKIP_UNLESS_BITS = 0x45;
    private static final int RETURN = 0x06;
    private static final int INSTRUCTIONS = 4;
    private static final int INSTRUCTION_BYTES = 8;

    private static final int TCP_FLAGS = 13;
    private static final int SYN = 0x02;
    private static final int NOTHING = 0;
    private static final int WHOLE = -1;

    private Newcomers() {}

    /// Lets the kernel make no new connections for a listening socket, but finish those under way.
    /// Any thread.
    ///
    /// @return whether it can be told that
    public static boolean ignore(Channel listening) {
        if (!(listening instanceof UnixChannel unix) || !(unix.fd() instanceof Socket socket)) {
            return false;
        }
        ByteBuffer filter = filter();
        int wordBytes = Buffer.addressSize();
        ByteBuffer program = direct(2 * wordBytes);
        program.putShort(0, (short) INSTRUCTIONS);
        if (wordBytes == Long.BYTES) {
            program.putLong(wordBytes, Buffer.memoryAddress(filter));
        } else {
            program.putInt(wordBytes, (int) Buffer.memoryAddress(filter));
        }
        try {
            socket.setRawOpt(SOL_SOCKET, SO_ATTACH_FILTER, program);
            return true;
        } catch (IOException e) {
            LOG.debug("no_filter address={}", listening.localAddress(), e);
            return false;
        } finally {
            Reference.reachabilityFence(filter);
        }
    }

    /// Keeps segments without SYN.
    private static ByteBuffer filter() {
        ByteBuffer filter = direct(INSTRUCTIONS * INSTRUCTION_BYTES);
        instruction(filter, LOAD_BYTE, 0, TCP_FLAGS);
        instruction(filter, SKIP_UNLESS_BITS, 1, SYN);
        instruction(filter, RETURN, 0, NOTHING);
        instruction(filter, RETURN, 0, WHOLE);
        return filter;
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    private static void instruction(ByteBuffer filter, int code, int skipped, int operand) {
        filter.putShort((short) code).put((byte) 0).put((byte) skipped).putInt(operand);
    }
}
