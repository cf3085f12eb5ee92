package io.spillgate.client.connect;

import static java.util.Objects.requireNonNull;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.spillgate.config.Durations;
import io.spillgate.net.AddressText;
import io.spillgate.net.Loops;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/// One connection on its way from nothing to ready. Lives on its loop.
final class Dial {
    private static final String GUARD = "guard";

    private final Connector connector;
    private final EventLoop loop;
    private final InetSocketAddress target;
    private final Promise<Channel> promise;

    private final Queue<InetSocketAddress> proxies = new ArrayDeque<>();
    private @Nullable Future<?> deadline;
    private @Nullable Channel channel;
    private String stage = "a TCP connection";
    private boolean handshaking;

    Dial(Connector connector, EventLoop loop, InetSocketAddress target, Promise<Channel> promise) {
        this.connector = connector;
        this.loop = loop;
        this.target = target;
        this.promise = promise;
    }

    void start() {
        promise.addListener(_ -> ended());
        if (!Durations.isInfinite(connector.timeout())) {
            long nanos = Durations.nanos(connector.timeout());
            deadline = loop.schedule(this::expired, nanos, TimeUnit.NANOSECONDS);
        }
        HttpsProxy proxy = connector.proxy();
        if (proxy == null) {
            connect(target);
            return;
        }
        stage = "the address of the HTTPS proxy " + proxy;
        Future<List<InetSocketAddress>> found = proxy.addresses(loop);
        found.addListener(_ -> guarded(() -> proxyFound(found)));
    }

    private void expired() {
        fail(
                ConnectFailure.Reason.TIMED_OUT,
                AddressText.of(target)
                        + " was not connected within "
                        + connector.timeout().toMillis()
                        + " ms: waited for "
                        + stage);
    }

    private void ended() {
        if (deadline != null) {
            deadline.cancel(false);
        }
        if (channel != null && !promise.isSuccess()) {
            channel.close();
        }
    }

    private void connect(InetSocketAddress address) {
        ChannelFuture connecting = connector.sockets().connect(loop, address, GUARD, new Guard());
        channel = connecting.channel();
        connecting.addListener(done -> {
            // That a socket could not even be made is told on another thread.
            if (loop.inEventLoop()) {
                guarded(() -> connected(address, done));
            } else {
                Loops.execute(loop, () -> guarded(() -> connected(address, done)));
            }
        });
    }

    private void connected(InetSocketAddress address, Future<?> done) {
        if (promise.isDone()) {
            return;
        }
        Throwable cause = done.cause();
        if (cause == null) {
            if (connector.proxy() == null) {
                secure();
            } else {
                askForTunnel(connector.proxy());
            }
        } else if (connector.proxy() == null) {
            fail(ConnectFailure.Reason.REFUSED, unreachable(address, cause));
        } else if (proxies.isEmpty()) {
            failProxy("cannot be used: " + unreachable(address, cause));
        } else {
            connect(proxies.remove());
        }
    }

    private void proxyFound(Future<List<InetSocketAddress>> found) {
        if (promise.isDone()) {
            return;
        }
        if (!found.isSuccess()) {
            failProxy("has no address: " + found.cause().getMessage());
            return;
        }
        stage = "a TCP connection to the HTTPS proxy " + connector.proxy();
        proxies.addAll(found.getNow());
        connect(proxies.remove());
    }

    private void askForTunnel(HttpsProxy proxy) {
        stage = "the answer of the HTTPS proxy " + proxy + " to CONNECT";
        byte[] request = proxy.request(target).orElse(null);
        if (request == null) {
            failProxy("cannot be asked for the host \"" + target.getHostString() + "\"");
            return;
        }
        channel()
                .pipeline()
                .addBefore(GUARD, null, new ProxyHandshake(request, this::tunnelAnswered));
    }

    private void tunnelAnswered(@Nullable String refusal) {
        if (refusal == null) {
            secure();
        } else {
            failProxy(refusal);
        }
    }

    private void secure() {
        Tls tls = connector.tls();
        if (tls == null) {
            ready();
            return;
        }
        stage = "the TLS handshake";
        handshaking = true;
        SslHandler handler;
        try {
            handler = tls.handler(channel().alloc(), target);
        } catch (IllegalArgumentException e) {
            failTls(tls, e);
            return;
        }
        handler.handshakeFuture().addListener(done -> guarded(() -> secured(tls, done)));
        channel().pipeline().addBefore(GUARD, null, handler);
    }

    private void secured(Tls tls, Future<?> done) {
        if (done.isSuccess()) {
            ready();
        } else {
            failTls(tls, done.cause());
        }
    }

    /// What is thrown in the listener of a future would leave the connection half made.
    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            promise.tryFailure(e);
        }
    }

    private void ready() {
        ChannelPipeline pipeline = channel().pipeline();
        if (connector.loggedBytes() > 0) {
            pipeline.addLast(new NetworkDump(AddressText.of(target), connector.loggedBytes()));
        }
        pipeline.remove(GUARD);
        promise.trySuccess(channel());
    }

    private void broken(Throwable cause) {
        if (handshaking) {
            failTls(requireNonNull(connector.tls()), cause);
        } else if (connector.proxy() != null) {
            failProxy("closed the connection before it answered CONNECT");
        } else {
            fail(ConnectFailure.Reason.REFUSED, unreachable(target, cause));
        }
    }

    private void failTls(Tls tls, Throwable cause) {
        fail(
                ConnectFailure.Reason.TLS,
                "TLS with "
                        + AddressText.of(target)
                        + " failed: "
                        + TlsFailures.sentence(tls.name(target), cause));
    }

    private void failProxy(String what) {
        fail(
                ConnectFailure.Reason.PROXY,
                AddressText.of(target)
                        + " was not connected: the HTTPS proxy "
                        + connector.proxy()
                        + " "
                        + what);
    }

    private void fail(ConnectFailure.Reason reason, String message) {
        promise.tryFailure(new ConnectFailure(reason, message));
    }

    /// One sentence about a connection that was refused, reset or could not be tried.
    private static String unreachable(InetSocketAddress address, Throwable cause) {
        String where = AddressText.of(address);
        String what = NetworkWords.of(where, cause);
        if (cause instanceof ClosedChannelException) {
            return what + " at once";
        }
        return NetworkWords.isRefusal(cause) ? what : where + " cannot be reached: " + what;
    }

    private Channel channel() {
        return requireNonNull(channel);
    }

    /// Stands at the pipeline's end until the connection is handed out, and is told of whatever
    /// ends it before.
    private final class Guard extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            broken(cause);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            broken(new ClosedChannelException());
        }
    }
}
