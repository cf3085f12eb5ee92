package io.spillgate.http.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.internal.tcnative.SSL;
import io.spillgate.http.Connection;
import io.spillgate.http.Response;
import io.spillgate.http.http1.ConnectionHome;
import io.spillgate.http.http1.Lingering;
import io.spillgate.limits.InputHolder;
import io.spillgate.metrics.Counter;
import io.spillgate.net.Loops;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import javax.net.ssl.SSLEngine;

/// A connection until its handshake is done.
///
/// ```
///   HELLO ──read──▶ WAITING ──a place, its turn──▶ HANDSHAKE ──▶ DONE: the connection is HTTP's
///     └──time, close───┴──────────────────────────────┴──▶ DONE: it is closed, and counted
/// ```
///
/// Who has sent no hello has no place among the handshakes; its bytes count as unfinished input.
/// Confined to the connection's loop.
final class TlsConnection extends ChannelInboundHandlerAdapter implements Connection {
    /// Who opens a connection while the gateway goes sends its hello at once.
    private static final long ENDING_NANOS = TimeUnit.SECONDS.toNanos(2);

    /// How long who has spoken plain HTTP may go on, so that it reads the answer.
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

    /// A fatal alert `unrecognized_name` (RFC 8446 section 6.2).
    private static final byte[] UNKNOWN_NAME = {21, 3, 3, 0, 2, 2, 112};

    private static final String PLAIN =
            "This port speaks TLS: the address begins with https:// instead of http://\n";

    private final TlsFront front;
    private final long mostNanos;
    private final Consumer<Channel> next;
    private final Runnable failed;
    private final long acceptedNanos;
    private final InputHolder input;
    private ChannelHandlerContext ctx;
    private State state = State.HELLO;
    private boolean hasPlace;
    private @Nullable Runnable awaited;
    private @Nullable SSLEngine engine;
    private boolean ending;
    private int place;

    @SuppressWarnings({
        "NullAway.Init", // ctx is set when the handler is added, before anything else
        "this-escape" // final class
    })
    private TlsConnection(TlsFront front, long mostNanos, Consumer<Channel> next, Runnable failed) {
        this.front = front;
        this.mostNanos = mostNanos;
        this.next = next;
        this.failed = failed;
        acceptedNanos = now();
        input = new InputHolder(front.home().input(), () -> fail(HandshakeFailure.TIMEOUT));
    }

    private enum State {
        HELLO,
        WAITING,
        HANDSHAKE,
        DONE
    }

    static void begin(
            Channel channel,
            TlsFront front,
            long mostNanos,
            Consumer<Channel> next,
            Runnable failed) {
        TlsConnection connection = new TlsConnection(front, mostNanos, next, failed);
        channel.pipeline().addLast(new HelloHandler(connection), connection);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        front.home().sweep().add(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        front.home().sweep().remove(this);
        input.holds(0);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(HandshakeFailure.CLOSED);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent completion) {
            if (completion.isSuccess()) {
                succeed();
            } else {
                fail(HandshakeFailure.of(completion.cause()));
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (HandshakeFailure.isOfTheClient(cause)) {
            fail(HandshakeFailure.of(cause));
        } else {
            end(HandshakeFailure.PROTOCOL);
            front.home().faults().close(channel(), cause);
        }
    }

    @Override
    public void visit(long nowNanos) {
        long most = Math.min(mostNanos, front.tls().terms().handshakeNanos());
        if (nowNanos - acceptedNanos >= (ending ? Math.min(most, ENDING_NANOS) : most)) {
            fail(HandshakeFailure.TIMEOUT);
        }
    }

    @Override
    public void closeIfIdle() {
        ending = true;
    }

    @Override
    public Channel channel() {
        return ctx.channel();
    }

    @Override
    public void place(int newPlace) {
        place = newPlace;
    }

    @Override
    public int place() {
        return place;
    }

    /// What came first is no TLS. Who speaks HTTP is told so.
    void isNotTls(int first) {
        if (first >= 'A' && first <= 'Z') {
            end(HandshakeFailure.NOT_TLS);
            ConnectionHome home = front.home();
            Lingering.turnAway(
                    ctx,
                    Response.text(400, PLAIN),
                    EmptyHttpHeaders.INSTANCE,
                    home.mayLinger(channel()) ? LINGER_NANOS : 0,
                    home.meter().nanoTime());
        } else {
            fail(HandshakeFailure.NOT_TLS);
        }
    }

    /// Answers the hello with a certificate.
    ///
    /// @param hello the handler's that has read it
    /// @param name what it asks for; null for nothing
    void answerHello(ChannelHandlerContext hello, @Nullable String name) {
        assert channel().eventLoop().inEventLoop();
        if (state != State.WAITING || hello.isRemoved()) {
            return;
        }
        channel().config().setAutoRead(true);
        SslHandler handler = front.tls().handler(name, hello.alloc());
        if (handler == null) {
            end(HandshakeFailure.UNKNOWN_NAME);
            ByteBuf alert = Unpooled.wrappedBuffer(UNKNOWN_NAME);
            hello.writeAndFlush(alert).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        state = State.HANDSHAKE;
        engine = handler.engine();
        hello.pipeline().replace(hello.handler(), null, handler);
    }

    /// So many bytes of a hello are here that is not complete.
    void holds(int bytes) {
        if (input.holds(state == State.DONE ? 0 : bytes)
                && front.home().input().memory().isExceeded()) {
            front.home().input().relieve();
        }
    }

    /// The hello is complete; it is answered when there is a place for its handshake, and it is its
    /// turn on the loop.
    ///
    /// @param answer run in any case, since it lets the hello go
    void awaitTurn(Runnable answer) {
        if (state != State.HELLO) {
            answer.run();
            return;
        }
        state = State.WAITING;
        awaited = answer;
        input.holds(0);
        channel().config().setAutoRead(false);
        HandshakeLimit handshakes = front.tls().handshakes();
        handshakes.ask(() -> {
            if (!Loops.execute(channel().eventLoop(), this::admitted)) {
                handshakes.end();
            }
        });
    }

    private void admitted() {
        if (state != State.WAITING) {
            front.tls().handshakes().end();
            return;
        }
        hasPlace = true;
        front.gate().enter(() -> front.home().faults().guard(channel(), this::letGo));
    }

    private void letGo() {
        Runnable answer = awaited;
        awaited = null;
        if (answer != null) {
            answer.run();
        }
    }

    private void succeed() {
        if (state != State.HANDSHAKE) {
            return;
        }
        count(isResumed() ? Handshake.RESUMED : Handshake.FULL);
        leave();
        Channel channel = channel();
        ctx.pipeline().replace(this, null, front.end());
        next.accept(channel);
    }

    private void fail(HandshakeFailure why) {
        if (end(why)) {
            channel().close();
        }
    }

    /// @return whether it was not over before
    private boolean end(HandshakeFailure why) {
        if (state == State.DONE) {
            return false;
        }
        count(Handshake.FAILED);
        front.cells().add(Counter.TLS_HANDSHAKE_FAILURES, why);
        leave();
        failed.run();
        return true;
    }

    private void leave() {
        state = State.DONE;
        input.holds(0);
        letGo();
        if (hasPlace) {
            hasPlace = false;
            front.tls().handshakes().end();
        }
    }

    private void count(Handshake outcome) {
        front.cells().add(Counter.TLS_HANDSHAKES, outcome);
        front.cells().tlsHandshake(now() - acceptedNanos);
    }

    private boolean isResumed() {
        if (engine instanceof ReferenceCountedOpenSslEngine openSsl) {
            return SSL.isSessionReused(openSsl.sslPointer());
        }
        return false;
    }

    private long now() {
        return front.home().meter().nanoTime().getAsLong();
    }
}
