package io.spillgate.client.connect;

import io.netty.channel.EventLoop;
import io.netty.resolver.HostsFileEntriesProvider;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.spillgate.config.BindAddress;
import io.spillgate.net.Loops;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/// Asks the DNS for addresses and services. Thread safe.
///
/// Nothing is remembered here: who asks is told how long the answer is true. Each question goes out
/// from a port of its own.
public final class Resolver implements Lookup, AutoCloseable {
    /// How long a server that was named in the configuration may take; it is asked twice.
    private static final long SERVER_MILLIS = 2000;

    private static final long HOSTS_FILE_TTL_SECONDS = 30;

    private final Loops loops;
    private final boolean systemNames;
    private final Supplier<HostsFileEntriesProvider> hostsFile;
    private final DnsNameResolverBuilder dns;

    private volatile boolean closed;

    /// @param loops where its sockets live
    /// @param server the DNS server, with its IP; absent = the system's, and its hosts file
    /// @throws IllegalArgumentException when the server's IP is none, or its port is 0
    public Resolver(Loops loops, Optional<BindAddress> server) {
        this(loops, server, HostsFileEntriesProvider.parser()::parseSilently, SERVER_MILLIS);
    }

    /// @param hostsFile reads the hosts file; may block
    /// @param serverMillis how long `server` may take each time
    Resolver(
            Loops loops,
            Optional<BindAddress> server,
            Supplier<HostsFileEntriesProvider> hostsFile,
            long serverMillis) {
        this.loops = loops;
        this.systemNames = server.isEmpty();
        this.hostsFile = hostsFile;
        dns =
                new DnsNameResolverBuilder()
                        .datagramChannelFactory(loops.transport().datagrams())
                        .socketChannelFactory(loops.transport().sockets())
                        .datagramChannelStrategy(
                                DnsNameResolverChannelStrategy.ChannelPerResolution)
                        .hostsFileEntriesResolver((_, _) -> null);
        server.ifPresent(one -> useOnly(one, serverMillis));
    }

    /// Stops answering: what is asked from now on fails.
    @Override
    public void close() {
        closed = true;
    }

    /// A loop for an [AddressBook].
    EventLoop nextLoop() {
        return loops.group().next();
    }

    @Override
    public Future<DnsAnswer> ask(EventLoop loop, ConfiguredAddress endpoint) {
        return ask(loop, endpoint, this);
    }

    /// The same.
    ///
    /// @param servers looks up those of a service
    Future<DnsAnswer> ask(EventLoop loop, ConfiguredAddress endpoint, Lookup servers) {
        if (closed) {
            return loop.newFailedFuture(new UnknownHostException("the resolver was closed"));
        }
        return switch (endpoint) {
            case ConfiguredAddress.Literal(InetSocketAddress address) ->
                    loop.newSucceededFuture(new DnsAnswer(List.of(address), Long.MAX_VALUE, true));
            case ConfiguredAddress.Host host -> host(loop, host);
            case ConfiguredAddress.Service(String name) ->
                    new ServiceQuery(servers, loop, name).ask(dns);
        };
    }

    /// The addresses of a name: the hosts file first, then `localhost` by itself (RFC 6761 section
    /// 6.3), then the DNS.
    Future<DnsAnswer> host(EventLoop loop, ConfiguredAddress.Host host) {
        Promise<DnsAnswer> promise = loop.newPromise();
        if (!systemNames) {
            ask(loop, host, promise);
            return promise;
        }
        Thread.startVirtualThread(() -> {
            List<InetAddress> listed = inHostsFile(host.name());
            if (!loop.isShuttingDown()) {
                loop.execute(() -> listed(loop, host, listed, promise));
            }
        });
        return promise;
    }

    private List<InetAddress> inHostsFile(String name) {
        HostsFileEntriesProvider entries = hostsFile.get();
        String key = name.toLowerCase(Locale.ENGLISH);
        List<InetAddress> found = new ArrayList<>();
        found.addAll(entries.ipv6Entries().getOrDefault(key, List.of()));
        found.addAll(entries.ipv4Entries().getOrDefault(key, List.of()));
        return found;
    }

    private void listed(
            EventLoop loop,
            ConfiguredAddress.Host host,
            List<InetAddress> listed,
            Promise<DnsAnswer> promise) {
        if (listed.isEmpty()) {
            ask(loop, host, promise);
        } else {
            promise.setSuccess(new DnsAnswer(host.at(listed), HOSTS_FILE_TTL_SECONDS, true));
        }
    }

    private void ask(EventLoop loop, ConfiguredAddress.Host host, Promise<DnsAnswer> promise) {
        if (isLocalhost(host.name())) {
            List<InetAddress> loopback = List.of(NetUtil.LOCALHOST6, NetUtil.LOCALHOST4);
            promise.setSuccess(new DnsAnswer(host.at(loopback), HOSTS_FILE_TTL_SECONDS, true));
        } else {
            new HostQuery(loop, host, promise).ask(dns);
        }
    }

    private static boolean isLocalhost(String name) {
        String lower = name.toLowerCase(Locale.ENGLISH);
        return lower.equals("localhost") || lower.endsWith(".localhost");
    }

    private void useOnly(BindAddress server, long serverMillis) {
        InetAddress ip =
                ConfiguredAddress.literal(server.host())
                        .filter(_ -> server.port() > 0)
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "client.resolver is \""
                                                + server
                                                + "\", must be IP:port or [IPv6]:port"));
        InetSocketAddress address = new InetSocketAddress(ip, server.port());
        dns.nameServerProvider(new SequentialDnsServerAddressStreamProvider(address, address))
                .searchDomains(List.of())
                .queryTimeoutMillis(serverMillis);
    }
}
