package io.spillgate.client.connect;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;

import java.net.InetSocketAddress;
import java.util.List;

/// Leaves names to the HTTPS proxy that connects to them, which may be the only one that has a DNS
/// for them (RFC 9110 section 9.3.6). Services, which no proxy can be asked for, are looked up, but
/// not the names of their servers. Thread safe.
final class ProxiedNames implements Lookup {
    private final Resolver resolver;

    ProxiedNames(Resolver resolver) {
        this.resolver = resolver;
    }

    @Override
    public Future<DnsAnswer> ask(EventLoop loop, ConfiguredAddress endpoint) {
        return switch (endpoint) {
            case ConfiguredAddress.Literal literal -> resolver.ask(loop, literal);
            case ConfiguredAddress.Host(String name, int port) ->
                    loop.newSucceededFuture(
                            new DnsAnswer(
                                    List.of(InetSocketAddress.createUnresolved(name, port)),
                                    Long.MAX_VALUE,
                                    true));
            case ConfiguredAddress.Service service -> resolver.ask(loop, service, this);
        };
    }
}
