package io.spillgate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spillgate.config.Durations;
import io.spillgate.config.WebsocketConfig;
import io.spillgate.config.WebsocketConfig.KeepAliveMode;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// One end of a WebSocket: when it is to hear something, and whether it still answers.
///
/// Our pings have a payload that no other frame is likely to have; the pong with the same payload
/// is not passed on to the other end, which never asked for it. Not thread safe.
final class TunnelEnd {
    private static final int PING = 0x89;
    private static final int PONG = 0x8a;
    private static final int MASKED = 0x80;
    private static final int PAYLOAD_BYTES = 8;
    private static final long LEAST_ANSWER_NANOS = TimeUnit.SECONDS.toNanos(5);

    /// A ping stands behind what buffers hold for a slow end: so much, and taken so slowly.
    private static final long MOST_BUFFERED_BYTES = 8 * 1024 * 1024;

    private static final long NANOS_PER_BUFFERED_BYTE = TimeUnit.SECONDS.toNanos(1) / (16 * 1024);

    private final String name;
    private final KeepAliveMode mode;
    private final boolean masks;
    private final long maxIdleNanos;
    private final byte[] payload;
    private final @Nullable PongFilter pongs;
    private long sentNanos;
    private long askedNanos;
    private long buffered;
    private boolean asked;
    private boolean read = true;

    /// @param name what logs call it
    /// @param masks whether what is sent to it is masked, as a server gets it (RFC 6455 section
    ///   5.3); then what comes from it is not
    /// @param from knows the frames that come from it
    TunnelEnd(String name, WebsocketConfig config, boolean masks, FrameTracker from) {
        this.name = name;
        this.masks = masks;
        mode = config.periodicKeepAliveMode();
        maxIdleNanos = Durations.nanos(config.periodicKeepAliveMaxIdle());
        payload = new byte[mode == KeepAliveMode.PING ? PAYLOAD_BYTES : 0];
        ThreadLocalRandom.current().nextBytes(payload);
        boolean pings = isKept() && mode == KeepAliveMode.PING;
        pongs = pings ? new PongFilter(from, payload, !masks, () -> buffered = 0) : null;
    }

    String name() {
        return name;
    }

    /// Whether it ever gets a frame of ours.
    boolean isKept() {
        return maxIdleNanos != Long.MAX_VALUE;
    }

    /// Something is sent to it.
    void sending(int bytes, long nowNanos) {
        sentNanos = nowNanos;
        buffered = Math.min(buffered + bytes, MOST_BUFFERED_BYTES);
    }

    /// Something came from it.
    void heard() {
        asked = false;
    }

    /// It is read from now on, or not: then nobody can say whether it answers.
    void read(boolean more) {
        read = more;
        asked = false;
    }

    /// What takes the answers to our pings out of what comes from it; null when there are none.
    @Nullable PongFilter pongs() {
        return pongs;
    }

    /// Whether it was asked for an answer, and has said nothing for too long.
    boolean isGone(long nowNanos) {
        return asked && nowNanos - askedNanos >= answerNanos();
    }

    /// Sends a frame of ours, if that is due.
    ///
    /// @param between whether no frame has begun that is not yet complete
    void keep(boolean between, long nowNanos, Consumer<ByteBuf> to) {
        if (nowNanos - sentNanos < maxIdleNanos) {
            return;
        }
        sentNanos = nowNanos;
        if (between) {
            if (mode == KeepAliveMode.PING && read && !asked) {
                asked = true;
                askedNanos = nowNanos;
            }
            to.accept(frame());
        }
    }

    /// When to look again, in nanoseconds from now.
    long nextNanos(long nowNanos) {
        if (!isKept()) {
            return Long.MAX_VALUE;
        }
        long next = maxIdleNanos - (nowNanos - sentNanos);
        return asked ? Math.min(next, answerNanos() - (nowNanos - askedNanos)) : next;
    }

    private long answerNanos() {
        return Math.max(maxIdleNanos, LEAST_ANSWER_NANOS) + buffered * NANOS_PER_BUFFERED_BYTE;
    }

    private ByteBuf frame() {
        byte[] mask = new byte[masks ? 4 : 0];
        ThreadLocalRandom.current().nextBytes(mask);
        ByteBuf frame = Unpooled.buffer(2 + mask.length + payload.length);
        frame.writeByte(mode == KeepAliveMode.PING ? PING : PONG);
        frame.writeByte((masks ? MASKED : 0) | payload.length).writeBytes(mask);
        for (int i = 0; i < payload.length; i++) {
            frame.writeByte(masks ? payload[i] ^ mask[i % mask.length] : payload[i]);
        }
        return frame;
    }
}
