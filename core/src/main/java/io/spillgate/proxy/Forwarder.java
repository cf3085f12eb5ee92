package io.spillgate.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.client.pool.Call;
import io.spillgate.client.pool.Failure;
import io.spillgate.client.pool.Pool;
import io.spillgate.client.pool.PoolFailure;
import io.spillgate.client.pool.PoolRequest;
import io.spillgate.client.pool.Receiver;
import io.spillgate.http.Exchange;
import io.spillgate.http.ServerStream;
import io.spillgate.metrics.Counter;
import io.spillgate.net.LoopMeter;
import io.spillgate.net.Loops;
import io.spillgate.net.Work;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import java.util.Optional;

/// One request on its way to one backend, and the answer on its way back.
///
/// Both directions stop at their slower side: [ForwardedBody], [ForwardedAnswer], [Tunnel]. Every
/// way out is [#finish].
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
    private static final int CONTINUE = 100;
    private static final int SWITCHING_PROTOCOLS = 101;

    private final Optional<Pool> pool;
    private final ServerStream stream;
    private final LoopMeter meter;
    private final Forwarding what;
    private final ForwardedAnswer answer;
    private final Replies replies;
    private final @Nullable String requestId;
    private final ForwardedBody body;
    private State state = State.WAITING;
    private @Nullable Call call;
    private @Nullable Tunnel tunnel;
    private long bodyBytes;

    Forwarder(
            Optional<Pool> pool,
            ServerStream stream,
            LoopMeter meter,
            Forwarding what,
            ForwardedAnswer answer,
            Replies replies,
            @Nullable String requestId) {
        this.pool = pool;
        this.stream = stream;
        this.meter = meter;
        this.what = what;
        this.answer = answer;
        this.replies = replies;
        this.requestId = requestId;
        body = new ForwardedBody(stream, what, toBackend);
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

    @Override
    public int settle() {
        return body.settle();
    }

    @Override
    public boolean isEndless() {
        return what.rule().streaming();
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
            body.content(piece);
        } finally {
            meter.end(before);
        }
        if (tunnel != null) {
            stream.endFlood(body.heldBytes());
        }
    }

    @Override
    public void end(HttpHeaders received) {
        body.end(received);
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
        Call running = call;
        if (answer.resume() && running != null) {
            meter.run(Work.PROXY, () -> readAnswer(running, true));
        }
    }

    /// Closes the connection of a client that takes nothing, or that has left while it is not read;
    /// breaks the silence of a backend.
    @Override
    public void visit(long nowNanos) {
        if (state == State.ANSWERING) {
            answer.keepAlive(nowNanos);
        }
        if (stream.stalledNanos(nowNanos) >= what.stallNanos() || stream.hasPeerLeft()) {
            stream.drop();
        }
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
        PoolRequest request = OutgoingRequest.of(what, requestId);
        body.await(request.expectsContinue());
        String protocol = request.upgrade();
        if (protocol != null) {
            tunnel = Tunnel.of(protocol, loop(), what, pool.get().websocket(), new TunnelWays());
        }
        call = pool.get().send(loop(), request, answers);
    }

    private void readAnswer(Call from, boolean more) {
        from.read(more);
        if (tunnel != null) {
            tunnel.readBackend(more);
        }
    }

    private void openTunnel(HttpHeaders headers) {
        if (state != State.OVER && tunnel != null) {
            answer.upgraded(headers, tunnel.protocol());
            state = State.TUNNELLING;
            body.tunnel();
            tunnel.open();
        }
    }

    /// @param piece released here
    private void passOn(ByteBuf piece) {
        if (answer.pass(piece) && call != null) {
            readAnswer(call, false);
        }
    }

    /// The only exit; true for the one call that takes it.
    private boolean finish() {
        if (state == State.OVER) {
            return false;
        }
        state = State.OVER;
        body.close();
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
                        answer.status() == 0 ? "proxy_failed" : "proxy_cut",
                        what.to().name(),
                        Counter.label(failure.cause()),
                        answered,
                        what.method(),
                        path(),
                        failure.message());
    }

    /// What comes from the pool.
    private final Receiver answers =
            new Receiver() {
                @Override
                public void writable(boolean more) {
                    body.writable(more);
                }

                @Override
                public void interim(int interim, HttpHeaders headers) {
                    if (interim == CONTINUE) {
                        body.invite();
                    } else {
                        answer.interim(interim, headers);
                    }
                }

                @Override
                public void head(int code, String reason, HttpHeaders headers) {
                    Affinity.mark(what.affinity(), call, headers);
                    if (code == SWITCHING_PROTOCOLS) {
                        openTunnel(headers);
                    } else {
                        state = State.ANSWERING;
                        answer.head(code, reason, headers);
                    }
                }

                @Override
                public void content(ByteBuf piece) {
                    if (tunnel != null && state == State.TUNNELLING) {
                        tunnel.fromBackend(piece);
                    } else {
                        passOn(piece.retain());
                    }
                }

                @Override
                public void flush() {
                    answer.flush();
                }

                @Override
                public void end(HttpHeaders last, boolean requestSent) {
                    if (finish()) {
                        answer.end(last);
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
                    boolean begun = answer.status() != 0;
                    int answered = begun ? answer.status() : failure.cause().status();
                    log(failure, answered);
                    if (!begun) {
                        replies.failed(answered, text(failure));
                    } else {
                        stream.reset();
                    }
                }
            };

    private final ForwardedBody.Way toBackend =
            new ForwardedBody.Way() {
                @Override
                public void write(ByteBuf piece) {
                    if (state == State.TUNNELLING && tunnel != null) {
                        tunnel.fromClient(piece);
                        piece.release();
                    } else {
                        writeToBackend(piece);
                    }
                }

                @Override
                public void end(HttpHeaders trailers) {
                    if (call != null) {
                        call.end(trailers);
                    }
                }

                @Override
                public void reading(boolean more) {
                    if (tunnel != null) {
                        tunnel.readClient(more);
                    }
                }
            };

    private void writeToBackend(ByteBuf piece) {
        if (call != null) {
            call.write(piece);
        } else {
            piece.release();
        }
    }

    /// What goes through a tunnel.
    private final class TunnelWays implements Tunnel.Ways {
        @Override
        public void toBackend(ByteBuf piece) {
            writeToBackend(piece);
        }

        @Override
        public void toClient(ByteBuf piece) {
            passOn(piece);
        }

        @Override
        public void flush() {
            answer.flush();
        }

        @Override
        public void gone(String end) {
            LOG.info(
                    "tunnel_cut destination={} end={} path={} reason=\"no answer to a ping\"",
                    what.to().name(),
                    end,
                    path());
            abandon();
            stream.drop();
        }
    }

    private EventLoop loop() {
        return stream.loop();
    }

    private String path() {
        return what.target().split("\\?", 2)[0];
    }

    private static String text(Failure failure) {
        return Counter.label(failure.cause()) + ": " + failure.message() + "\n";
    }
}
