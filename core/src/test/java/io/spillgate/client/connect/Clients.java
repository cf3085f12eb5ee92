package io.spillgate.client.connect;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.spillgate.config.ClientConfig;
import io.spillgate.config.HttpsProxyConfig;
import io.spillgate.config.NetworkLog;
import io.spillgate.config.ProxyConfig;
import io.spillgate.config.SocketOptionsConfig;
import io.spillgate.config.TlsConfig;
import io.spillgate.net.Loops;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A connector to be made with some settings changed, and used on a loop.
final class Clients {
    private static final long PATIENCE_SECONDS = 30;

    private final Loops loops;

    private Duration timeout = Duration.ofSeconds(20);
    private SocketOptionsConfig options = SocketOptionsConfig.DEFAULT;
    private HttpsProxyConfig proxy = HttpsProxyConfig.DEFAULT;
    private int loggedBytes;
    private TlsConfig tls = TlsConfig.DEFAULT;

    Clients(Loops loops) {
        this.loops = loops;
    }

    Clients timeoutMillis(long millis) {
        timeout = Duration.ofMillis(millis);
        return this;
    }

    Clients options(SocketOptionsConfig config) {
        options = config;
        return this;
    }

    Clients proxy(HttpsProxyConfig config) {
        proxy = config;
        return this;
    }

    Clients loggedBytes(int bytes) {
        loggedBytes = bytes;
        return this;
    }

    Clients tls(TlsConfig config) {
        tls = config;
        return this;
    }

    /// A connector for plain HTTP.
    Connector plain() {
        return connector(new Resolver(loops, Optional.empty()), false, "");
    }

    /// A connector for HTTPS.
    Connector secure(String serverName) {
        return connector(new Resolver(loops, Optional.empty()), true, serverName);
    }

    Connector connector(Resolver resolver, boolean secure, String serverName) {
        ClientConfig basis = ClientConfig.DEFAULT;
        ClientConfig config =
                new ClientConfig(
                        basis.userAgentHeader(),
                        timeout,
                        basis.idleTimeout(),
                        basis.requestHeaderSizeHint(),
                        options,
                        new ProxyConfig(proxy),
                        basis.parsing(),
                        new NetworkLog(loggedBytes),
                        basis.websocket(),
                        basis.streamCancellationDelay(),
                        basis.resolver(),
                        tls);
        return new Connector(resolver, loops.transport(), config, secure, serverName);
    }

    /// The connection, on the first loop.
    Channel open(Connector connector, InetSocketAddress address) throws Exception {
        Future<Channel> connecting = end(connector, address);
        if (connecting.cause() instanceof Exception failure) {
            throw failure;
        }
        return connecting.getNow();
    }

    /// What arrives on a connection, which is read again and again.
    Inbox read(Connector connector, InetSocketAddress address) throws Exception {
        return read(connector, address, true);
    }

    /// What arrives on a connection.
    ///
    /// @param autoRead whether it is read again and again
    Inbox read(Connector connector, InetSocketAddress address, boolean autoRead) throws Exception {
        Inbox inbox = new Inbox();
        CompletableFuture<Void> installed = new CompletableFuture<>();
        EventLoop loop = loops.all().getFirst();
        // on the loop, so that nothing arrives before somebody listens
        loop.execute(() -> {
            Future<Channel> connecting = connector.connect(loop, address);
            connecting.addListener(_ -> {
                if (connecting.isSuccess()) {
                    inbox.receive(connecting.getNow(), autoRead);
                    installed.complete(null);
                } else {
                    installed.completeExceptionally(connecting.cause());
                }
            });
        });
        installed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return inbox;
    }

    /// Why there is no connection.
    ConnectFailure fail(Connector connector, InetSocketAddress address) throws Exception {
        Future<Channel> connecting = end(connector, address);
        if (!(connecting.cause() instanceof ConnectFailure failure)) {
            throw new AssertionError("did not fail as expected: " + connecting, connecting.cause());
        }
        return failure;
    }

    private Future<Channel> end(Connector connector, InetSocketAddress address) throws Exception {
        EventLoop loop = loops.all().getFirst();
        Future<Channel> connecting = connector.connect(loop, address);
        if (!connecting.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("still connecting");
        }
        return connecting;
    }
}
