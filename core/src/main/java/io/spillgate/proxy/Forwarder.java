package io.spillgate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.client.pool.Body;
import io.spillgate.client.pool.Call;
import io.spillgate.client.pool.Failure;
import io.spillgate.client.pool.Pool;
import io.spillgate.client.pool.PoolFailure;
import io.spillgate.client.pool.PoolRequest;
import io.spillgate.client.pool.Receiver;
import io.spillgate.http.Exchange;
import io.spillgate.http.ServerStream;
import io.spillgate.metrics.Counter;
import io.spillgate.net.HeldPieces;
import io.spillgate.net.LoopMeter;
import io.spillgate.net.Loops;
import io.spillgate.net.Work;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import java.util.Optional;
import java.util.Set;

/// One request on its way to one backend, and the answer on its way back.
///
/// Both directions stop at their slower side. Of the request's body at most what the decoder had
/// already read is held here, until there is a connection. Every way out is [#finish].
///
/// ```
///   WAITING ──head──▶ ANSWERING ──end, failure, cancel──▶ OVER
///      ├──────101───▶ TUNNELLING ─────────────────────────▲
///      └──failure, cancel──────────────────────────────────┘
/// ```
///
/// Confined to the client's loop, and its work there is [Work#PROXY].
public final class Forwarder implements Exchange {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);
    private static final int SWITCHING_PROTOCOLS = 101;

    private final Optional<Pool> pool;
    private final ServerStream stream;
    private final LoopMeter meter;
    private final Forwarding what;
    private final Replies replies;
    private final @Nullable String requestId;
    private final HeldPieces held = new HeldPieces();
    private State state = State.WAITING;
    private @Nullable Call call;
    private @Nullable Tunnel tunnel;
    private @Nullable HttpHeaders trailers;
    private Set<String> namedByAnswer = Set.of();
    private long bodyBytes;
    private boolean invited;
    private boolean writable;
    private boolean flows;
    private boolean paused;
    private int status;

    Forwarder(
            Optional<Pool> pool,
            ServerStream stream,
            LoopMeter meter,
            Forwarding what,
            Replies replies,
            @Nullable String requestId) {
        this.pool = pool;
        this.stream = stream;
        this.meter = meter;
        this.what = what;
        this.replies = replies;
        this.requestId = requestId;
    }

    private enum State {
        WAITING,
        ANSWERING,
        TUNNELLING,
        OVER
    }

    /// Sends the request. Called once, when the exchange has begun.
    public void start() {
        meter.run(Work.PROXY, this::begin);
    }

    /// What waits here for a connection moves to memory of its own. What waits for a slow backend
    /// does so for a moment, and stays where it is.
    @Override
    public int settle() {
        return flows ? held.bytes() : held.settle();
    }

    @Override
    public boolean isEndless() {
        return what.streaming();
    }

    /// A piece of the request's body; raw bytes after an upgrade.
    @Override
    public void content(ByteBuf piece) {
        assert loop().inEventLoop();
        bodyBytes += piece.readableBytes();
        if (tunnel == null && bodyBytes > replies.maxBodyBytes()) {
            replies.bodyTooLong();
            return;
        }
        Work before = meter.begin(Work.PROXY);
        try {
            body(piece);
        } finally {
            meter.end(before);
        }
        if (tunnel != null) {
            stream.endFlood(held.bytes());
        }
    }

    @Override
    public void end(HttpHeaders received) {
        assert loop().inEventLoop();
        stream.read(true);
        trailers = HeaderRules.requestTrailers(received, what.headers(), what.to());
        if (call != null && writable && held.isEmpty()) {
            endBody(call);
        }
    }

    /// Nobody wants the answer any more.
    @Override
    public void abandon() {
        assert loop().inEventLoop();
        Call running = call;
        if (finish() && running != null) {
            running.cancel();
        }
    }

    @Override
    public void writable() {
        if (paused && call != null) {
            paused = false;
            Call running = call;
            meter.run(Work.PROXY, () -> running.read(true));
        }
    }

    /// Closes the connection of a client that takes nothing, or that has left while it is not read.
    @Override
    public void visit(long nowNanos) {
        if (stream.stalledNanos(nowNanos) >= what.stallNanos() || stream.hasPeerLeft()) {
            stream.drop();
        }
    }

    private void body(ByteBuf piece) {
        if (state == State.OVER) {
            return;
        }
        if (call != null && writable && held.isEmpty()) {
            write(call, piece.retain());
            return;
        }
        held.add(piece);
    }

    /// There is no backend to ask.
    private void refuse(String why) {
        Loops.execute(loop(), () -> tellFailed(new Failure(PoolFailure.CLOSED, why)));
    }

    private void tellFailed(Failure failure) {
        try {
            answers.failed(failure);
        } catch (RuntimeException | Error e) {
            answers.broken(e);
        }
    }

    private void begin() {
        if (pool.isEmpty()) {
            refuse("there is no pool for it (any more, or yet)");
            return;
        }
        boolean bodiless = what.bodyLength() == 0;
        boolean webSocket = bodiless && isWebSocket();
        if (!bodiless) {
            read(false);
        }
        PoolRequest request =
                new PoolRequest(
                        what.method(),
                        what.target(),
                        Hops.count(
                                what.method(),
                                HeaderRules.request(
                                        what.headers(), what.from(), what.to(), requestId)),
                        bodiless ? noBody() : new Body.Streamed(what.bodyLength()),
                        webSocket ? "websocket" : null,
                        what.streaming());
        if (webSocket) {
            tunnel = new Tunnel(loop(), what.to().name(), pool.get().websocket());
        }
        call = pool.get().send(loop(), request, answers);
    }

    /// A length of 0 that the client states is stated to the backend, too.
    private Body noBody() {
        return what.headers().contains(HttpHeaderNames.CONTENT_LENGTH)
                ? new Body.Held(Unpooled.EMPTY_BUFFER)
                : Body.NONE;
    }

    private boolean isWebSocket() {
        return what.method().equals("GET")
                && what.from().version().equals("1.1")
                && HeaderRules.asksForWebSocket(what.headers());
    }

    private void write(Call to, ByteBuf piece) {
        if (state == State.TUNNELLING && tunnel != null) {
            tunnel.toBackend(to, piece);
        } else {
            to.write(piece);
        }
    }

    private void writeHeld(Call to) {
        while (writable && !held.isEmpty()) {
            ByteBuf piece = held.poll();
            if (piece != null) {
                write(to, piece);
            }
        }
        if (!held.isEmpty() || state == State.OVER) {
            return;
        }
        if (trailers != null && state != State.TUNNELLING) {
            endBody(to);
        } else if (writable) {
            read(true);
        }
    }

    /// The backend takes what the client sends (true), or has enough of it (false).
    private void read(boolean more) {
        if (state != State.TUNNELLING && !stream.isBodyPending()) {
            return;
        }
        if (more && !invited) {
            invited = true;
            stream.invite();
        }
        stream.read(more);
        stream.account();
    }

    private void openTunnel() {
        if (state != State.OVER && tunnel != null && call != null) {
            state = State.TUNNELLING;
            tunnel.open(call);
        }
    }

    private void endBody(Call to) {
        HttpHeaders last = trailers;
        if (last != null && what.bodyLength() != 0) {
            to.end(last);
        }
    }

    private void passOn(ByteBuf piece) {
        stream.write(piece);
        if (!stream.isWritable()) {
            stream.flush();
        }
        if (!stream.isWritable() && !paused && call != null) {
            paused = true;
            call.read(false);
        }
    }

    /// The only exit; true for the one call that takes it.
    private boolean finish() {
        if (state == State.OVER) {
            return false;
        }
        state = State.OVER;
        held.release();
        if (tunnel != null) {
            tunnel.close();
        }
        return true;
    }

    private void log(Failure failure, int answered) {
        boolean overload = failure.cause().status() == 503;
        LOG.atLevel(overload ? Level.DEBUG : Level.INFO)
                .log(
                        "{} destination={} cause={} status={} method={} path={} message=\"{}\"",
                        status == 0 ? "proxy_failed" : "proxy_cut",
                        what.to().name(),
                        Counter.label(failure.cause()),
                        answered,
                        what.method(),
                        what.target().split("\\?", 2)[0],
                        failure.message());
    }

    /// What comes from the pool.
    private final Receiver answers =
            new Receiver() {
                @Override
                public void writable(boolean more) {
                    writable = more;
                    flows |= more;
                    if (!more) {
                        read(false);
                    } else if (call != null) {
                        writeHeld(call);
                    }
                }

                @Override
                public void interim(int interim, HttpHeaders headers) {
                    stream.interim(interim, HeaderRules.interim(headers));
                }

                @Override
                public void head(int code, String reason, HttpHeaders headers) {
                    status = code;
                    if (code == SWITCHING_PROTOCOLS) {
                        stream.upgrade(HeaderRules.interim(headers));
                        openTunnel();
                    } else {
                        state = State.ANSWERING;
                        namedByAnswer = HeaderRules.namedByConnection(headers);
                        HttpHeaders fields =
                                HeaderRules.answer(
                                        code, headers, namedByAnswer, replies.isCorsOfBackend());
                        stream.begin(code, reason, fields, replies.policy());
                    }
                }

                @Override
                public void content(ByteBuf piece) {
                    if (tunnel != null && state == State.TUNNELLING) {
                        tunnel.toClient(piece, Forwarder.this::passOn);
                    } else {
                        passOn(piece.retain());
                    }
                }

                @Override
                public void flush() {
                    stream.flush();
                }

                @Override
                public void end(HttpHeaders last, boolean requestSent) {
                    if (finish()) {
                        stream.end(HeaderRules.trailers(last, namedByAnswer, null));
                    }
                }

                @Override
                public void broken(Throwable cause) {
                    finish();
                    stream.broken(cause);
                }

                @Override
                public void failed(Failure failure) {
                    if (!finish()) {
                        return;
                    }
                    int answered = status == 0 ? failure.cause().status() : status;
                    log(failure, answered);
                    if (status == 0) {
                        replies.failed(answered, text(failure));
                    } else {
                        stream.reset();
                    }
                }
            };

    private EventLoop loop() {
        return stream.loop();
    }

    private static String text(Failure failure) {
        return Counter.label(failure.cause()) + ": " + failure.message() + "\n";
    }
}
