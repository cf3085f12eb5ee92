package io.spillgate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.http.ServerStream;
import io.spillgate.net.HeldPieces;

import org.jspecify.annotations.Nullable;

/// The body of a forwarded request on its way to the backend, and what a client says in a tunnel.
///
/// At most what the decoder had already read is held here, until there is a connection; then the
/// client is read as fast as the backend takes. Confined to the client's loop.
final class ForwardedBody {
    private final ServerStream stream;
    private final Forwarding what;
    private final Way way;
    private final HeldPieces held = new HeldPieces();
    private @Nullable HttpHeaders trailers;
    private boolean asksBackend;
    private boolean invited;
    private boolean writable;
    private boolean flows;
    private boolean tunnelled;
    private boolean over;

    /// @param way is used once [#writable] was told
    ForwardedBody(ServerStream stream, Forwarding what, Way way) {
        this.stream = stream;
        this.what = what;
        this.way = way;
    }

    /// To the backend.
    interface Way {
        /// A piece of the body.
        ///
        /// @param piece released there
        void write(ByteBuf piece);

        /// The body is complete.
        void end(HttpHeaders trailers);

        /// The client is read from now on, or not.
        void reading(boolean more);
    }

    /// The request waits for a connection.
    ///
    /// @param asks whether the backend decides if the client may send
    void await(boolean asks) {
        asksBackend = asks;
        if (what.bodyLength() != 0) {
            read(false);
        }
    }

    /// The backend wants it.
    void invite() {
        if (!invited) {
            invited = true;
            stream.invite();
        }
    }

    /// From here on there are raw bytes, and no end.
    void tunnel() {
        tunnelled = true;
    }

    /// @param piece released by the caller
    void content(ByteBuf piece) {
        assert stream.loop().inEventLoop();
        if (over) {
            return;
        }
        if (writable && held.isEmpty()) {
            way.write(piece.retain());
        } else {
            held.add(piece);
        }
    }

    void end(HttpHeaders received) {
        assert stream.loop().inEventLoop();
        stream.read(true);
        trailers = HeaderRules.requestTrailers(received, what.headers(), what.to());
        if (writable && held.isEmpty()) {
            endWay();
        }
    }

    /// The backend takes bytes (true), or has enough (false).
    void writable(boolean more) {
        writable = more;
        flows |= more;
        if (more) {
            writeHeld();
        } else {
            read(false);
        }
    }

    /// What waits for a connection moves to memory of its own. What waits for a slow backend does
    /// so for a moment, and stays where it is.
    int settle() {
        return flows ? held.bytes() : held.settle();
    }

    int heldBytes() {
        return held.bytes();
    }

    /// Nothing more goes out.
    void close() {
        over = true;
        held.release();
    }

    private void writeHeld() {
        while (writable && !held.isEmpty()) {
            ByteBuf piece = held.poll();
            if (piece != null) {
                way.write(piece);
            }
        }
        if (!held.isEmpty() || over) {
            return;
        }
        if (trailers != null && !tunnelled) {
            endWay();
        } else if (writable) {
            read(true);
        }
    }

    private void endWay() {
        HttpHeaders last = trailers;
        if (last != null && what.bodyLength() != 0) {
            way.end(last);
        }
    }

    private void read(boolean more) {
        if (!tunnelled && !stream.isBodyPending()) {
            return;
        }
        if (more && !asksBackend) {
            invite();
        }
        stream.read(more);
        stream.account();
        way.reading(more);
    }
}
