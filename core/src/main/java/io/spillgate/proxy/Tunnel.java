package io.spillgate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.spillgate.config.WebsocketConfig;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// What lies between a client and a backend after an upgrade: raw bytes both ways. With WebSocket
/// both ends may be kept from falling silent ([TunnelEnd]).
///
/// Frames are only looked at when a keep-alive or the log asks for it. Confined to the client's
/// loop.
final class Tunnel {
    private static final Logger LOG = LoggerFactory.getLogger(Tunnel.class);

    private final String protocol;
    private final EventLoop loop;
    private final String destination;
    private final boolean logFrames;
    private final Ways ways;
    private final FrameTracker outgoing = new FrameTracker((first, n) -> log("out", first, n));
    private final FrameTracker incoming = new FrameTracker((first, n) -> log("in", first, n));
    private final TunnelEnd client;
    private final TunnelEnd backend;
    private @Nullable Future<?> nextLook;

    /// @param destination what logs call the backend
    Tunnel(
            String protocol,
            EventLoop loop,
            String destination,
            WebsocketConfig towardsClient,
            WebsocketConfig towardsBackend,
            Ways ways) {
        this.protocol = protocol;
        this.loop = loop;
        this.destination = destination;
        this.ways = ways;
        logFrames = towardsClient.logFrames() || towardsBackend.logFrames();
        client = new TunnelEnd("client", towardsClient, false, outgoing);
        backend = new TunnelEnd("backend", towardsBackend, true, incoming);
    }

    /// A tunnel for a protocol. Of others than WebSocket nothing is known but the bytes.
    ///
    /// @param towardsBackend what its pool says of tunnels
    static Tunnel of(
            String protocol,
            EventLoop loop,
            Forwarding what,
            WebsocketConfig towardsBackend,
            Ways ways) {
        boolean known = protocol.equals(HeaderRules.WEBSOCKET);
        return new Tunnel(
                protocol,
                loop,
                what.to().name(),
                known ? what.websocket() : WebsocketConfig.DEFAULT,
                known ? towardsBackend : WebsocketConfig.DEFAULT,
                ways);
    }

    /// What is spoken, as in the header Upgrade.
    String protocol() {
        return protocol;
    }

    /// Where the bytes go.
    interface Ways {
        /// Bytes of the client, or of our own.
        ///
        /// @param piece released there
        void toBackend(ByteBuf piece);

        /// Bytes of the backend, or of our own.
        ///
        /// @param piece released there
        void toClient(ByteBuf piece);

        /// Sends what went to the client; the backend gets everything at once.
        void flush();

        /// One end does not answer any more.
        ///
        /// @param end what logs call it
        void gone(String end);
    }

    /// The backend has agreed.
    void open() {
        assert loop.inEventLoop();
        if (client.isKept() || backend.isKept()) {
            long now = now();
            client.sending(0, now);
            backend.sending(0, now);
            look();
        }
    }

    /// Bytes came from the client.
    ///
    /// @param piece released by the caller
    void fromClient(ByteBuf piece) {
        assert loop.inEventLoop();
        cross(piece, client, outgoing, this::toBackend);
    }

    /// Bytes came from the backend.
    ///
    /// @param piece released by the caller
    void fromBackend(ByteBuf piece) {
        assert loop.inEventLoop();
        cross(piece, backend, incoming, this::toClient);
    }

    /// The client is read from now on, or not: its answers can't be heard then.
    void readClient(boolean more) {
        client.read(more);
    }

    /// As [#readClient] for the backend.
    void readBackend(boolean more) {
        backend.read(more);
    }

    void close() {
        assert loop.inEventLoop();
        if (nextLook != null) {
            nextLook.cancel(false);
        }
    }

    private void toBackend(ByteBuf piece) {
        if (backend.isKept()) {
            backend.sending(piece.readableBytes(), now());
        }
        ways.toBackend(piece);
    }

    private void toClient(ByteBuf piece) {
        if (client.isKept()) {
            client.sending(piece.readableBytes(), now());
        }
        ways.toClient(piece);
    }

    private void pingClient(ByteBuf frame) {
        toClient(frame);
        ways.flush();
    }

    private void cross(ByteBuf piece, TunnelEnd from, FrameTracker frames, Consumer<ByteBuf> out) {
        from.heard();
        PongFilter pongs = from.pongs();
        if (pongs != null) {
            pongs.filter(piece, out);
        } else {
            follow(frames, piece);
            out.accept(piece.retain());
        }
    }

    private void follow(FrameTracker tracker, ByteBuf piece) {
        boolean needed = client.isKept() || backend.isKept() || logFrames;
        int at = piece.readerIndex();
        while (needed && at < piece.writerIndex()) {
            at = tracker.pass(piece, at, piece.writerIndex());
        }
    }

    /// Sends what is due, and comes back.
    private void look() {
        long now = now();
        if (client.isGone(now) || backend.isGone(now)) {
            ways.gone(client.isGone(now) ? client.name() : backend.name());
            return;
        }
        client.keep(incoming.isBetweenFrames(), now, this::pingClient);
        backend.keep(outgoing.isBetweenFrames(), now, this::toBackend);
        long next = Math.min(client.nextNanos(now), backend.nextNanos(now));
        nextLook = loop.schedule(this::look, next, TimeUnit.NANOSECONDS);
    }

    private long now() {
        return loop.ticker().nanoTime();
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
