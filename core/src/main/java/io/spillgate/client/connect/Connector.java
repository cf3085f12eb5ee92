package io.spillgate.client.connect;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.spillgate.config.ClientConfig;
import io.spillgate.net.Loops;
import io.spillgate.net.Transport;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/// Opens connections to the addresses of one target. Thread safe.
///
/// ```
///   TCP ──▶ CONNECT to the HTTPS proxy, when one is set ──▶ TLS ──▶ ready
///    └───────────┴────────── connecting-timeout ─────────────┴───▶ ConnectFailure
/// ```
public final class Connector implements AutoCloseable {
    private final Resolver resolver;
    private final Sockets sockets;
    private final Duration timeout;
    private final int loggedBytes;
    private final @Nullable Tls tls;
    private final @Nullable HttpsProxy proxy;

    /// @param resolver finds the target and the HTTPS proxy, when they have names
    /// @param tls whether TLS is spoken
    /// @param serverName for SNI and verification, unless `config` has one; when empty too, the
    ///   name that the address was found by; not used without TLS
    /// @throws IllegalArgumentException when a file of `config.tls()` cannot be used
    public Connector(
            Resolver resolver,
            Transport transport,
            ClientConfig config,
            boolean tls,
            String serverName) {
        this.resolver = resolver;
        this.sockets = new Sockets(transport, config.socketOptions());
        this.timeout = config.connectingTimeout();
        this.loggedBytes = config.logUnencryptedNetworkBytes().bytes();
        this.tls = tls ? new Tls(config.tls(), serverName) : null;
        boolean proxied = tls && config.proxy().https().isUsed();
        this.proxy = proxied ? new HttpsProxy(config.proxy().https(), resolver) : null;
    }

    /// What keeps the addresses of the target up to date. Behind an HTTPS proxy they are names that
    /// are not resolved.
    ///
    /// @param names as an [AddressBook] takes them
    /// @throws IllegalArgumentException when a name is none
    public AddressBook book(List<String> names, AddressBook.Listener listener) {
        Lookup lookup = proxy == null ? resolver : new ProxiedNames(resolver);
        return new AddressBook(names, lookup, resolver.nextLoop(), listener);
    }

    /// Opens a connection. Any thread may ask.
    ///
    /// The channel closes when the other side closes or resets; a failed write does not close it,
    /// because an answer may have arrived before. One read is at most 32 KiB.
    ///
    /// @param loop where it lives
    /// @param address of the target; behind an HTTPS proxy it may be unresolved, and the proxy is
    ///   asked for the name that it has
    /// @return completes on that loop with a channel whose auto-read is off and whose pipeline is
    ///   ready for HTTP/1.1 (TLS and logging are in it); or fails with [ConnectFailure], after at
    ///   most `connecting-timeout`. Handlers that are added by a listener miss no byte. When it is
    ///   cancelled, the connection is closed
    public Future<Channel> connect(EventLoop loop, InetSocketAddress address) {
        Promise<Channel> promise = loop.newPromise();
        Dial dial = new Dial(this, loop, address, promise);
        if (loop.inEventLoop()) {
            dial.start();
        } else {
            Loops.execute(loop, dial::start);
        }
        return promise;
    }

    /// Stops to look for the HTTPS proxy; connections stay.
    @Override
    public void close() {
        if (proxy != null) {
            proxy.close();
        }
    }

    Sockets sockets() {
        return sockets;
    }

    Duration timeout() {
        return timeout;
    }

    /// How many bytes of each read and write are logged; 0 = none.
    int loggedBytes() {
        return loggedBytes;
    }

    @Nullable Tls tls() {
        return tls;
    }

    @Nullable HttpsProxy proxy() {
        return proxy;
    }
}
