package io.spillgate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.spillgate.client.pool.Call;
import io.spillgate.config.Durations;
import io.spillgate.config.WebsocketConfig;
import io.spillgate.config.WebsocketConfig.KeepAliveMode;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A WebSocket between a client and a backend, as raw bytes both ways, whose backend hears
/// something from time to time.
///
/// Frames are only looked at when a keep-alive or the log asks for it. A ping has a payload that no
/// other frame is likely to have; the pong with the same payload is not passed on to the client,
/// which never asked for it. Confined to the client's loop.
final class Tunnel {
    private static final Logger LOG = LoggerFactory.getLogger(Tunnel.class);
    private static final int PING = 0x89;
    private static final int PONG = 0x8a;
    private static final int MASKED = 0x80;
    private static final int PAYLOAD_BYTES = 8;

    private final EventLoop loop;
    private final String destination;
    private final KeepAliveMode mode;
    private final long maxIdleNanos;
    private final boolean logFrames;
    private final byte[] payload;
    private final FrameTracker outgoing = new FrameTracker((first, n) -> log("out", first, n));
    private final FrameTracker incoming = new FrameTracker((first, n) -> log("in", first, n));
    private final @Nullable PongFilter pongs;
    private @Nullable Future<?> nextLook;
    private long lastWriteNanos;

    Tunnel(EventLoop loop, String destination, WebsocketConfig config) {
        this.loop = loop;
        this.destination = destination;
        mode = config.periodicKeepAliveMode();
        maxIdleNanos = Durations.nanos(config.periodicKeepAliveMaxIdle());
        logFrames = config.logFrames();
        payload = new byte[mode == KeepAliveMode.PING ? PAYLOAD_BYTES : 0];
        ThreadLocalRandom.current().nextBytes(payload);
        pongs = isKeptAlive() && mode == KeepAliveMode.PING ? ofOurPings() : null;
    }

    /// The backend has agreed.
    void open(Call to) {
        assert loop.inEventLoop();
        lastWriteNanos = loop.ticker().nanoTime();
        if (isKeptAlive()) {
            look(to);
        }
    }

    /// @param piece released here
    void toBackend(Call to, ByteBuf piece) {
        assert loop.inEventLoop();
        if (isKeptAlive()) {
            lastWriteNanos = loop.ticker().nanoTime();
        }
        follow(outgoing, piece);
        to.write(piece);
    }

    /// @param piece released by the caller
    /// @param out gets what the client gets, in pieces that it releases
    void toClient(ByteBuf piece, Consumer<ByteBuf> out) {
        assert loop.inEventLoop();
        if (pongs != null) {
            pongs.filter(piece, out);
        } else {
            follow(incoming, piece);
            out.accept(piece.retain());
        }
    }

    void close() {
        assert loop.inEventLoop();
        if (nextLook != null) {
            nextLook.cancel(false);
        }
    }

    private boolean isKeptAlive() {
        return maxIdleNanos != Long.MAX_VALUE;
    }

    private void follow(FrameTracker tracker, ByteBuf piece) {
        int at = piece.readerIndex();
        while (at < piece.writerIndex() && (isKeptAlive() || logFrames)) {
            at = tracker.pass(piece, at, piece.writerIndex());
        }
    }

    /// Sends a frame when it is time, and comes back.
    private void look(Call to) {
        long now = loop.ticker().nanoTime();
        if (now - lastWriteNanos >= maxIdleNanos) {
            if (outgoing.isBetweenFrames()) {
                to.write(keepAlive());
            }
            lastWriteNanos = now;
        }
        nextLook =
                loop.schedule(
                        () -> look(to),
                        maxIdleNanos - (now - lastWriteNanos),
                        TimeUnit.NANOSECONDS);
    }

    /// The frame, masked as a client has to (RFC 6455 section 5.3).
    private ByteBuf keepAlive() {
        byte[] mask = new byte[4];
        ThreadLocalRandom.current().nextBytes(mask);
        ByteBuf frame = Unpooled.buffer(2 + mask.length + payload.length);
        frame.writeByte(mode == KeepAliveMode.PING ? PING : PONG);
        frame.writeByte(MASKED | payload.length).writeBytes(mask);
        for (int i = 0; i < payload.length; i++) {
            frame.writeByte(payload[i] ^ mask[i % mask.length]);
        }
        return frame;
    }

    private PongFilter ofOurPings() {
        byte[] frame = new byte[2 + payload.length];
        frame[0] = (byte) PONG;
        frame[1] = (byte) payload.length;
        System.arraycopy(payload, 0, frame, 2, payload.length);
        return new PongFilter(incoming, frame);
    }

    private void log(String direction, int first, long bytes) {
        if (logFrames) {
            LOG.debug(
                    "frame destination={} direction={} final={} opcode={} bytes={}",
                    destination,
                    direction,
                    (first & 0x80) != 0,
                    first & 0xf,
                    bytes);
        }
    }
}
