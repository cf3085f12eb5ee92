package io.spillgate.client.connect;

import io.netty.channel.EventLoop;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Asks the DNS for the IPv6 and the IPv4 addresses of one name, at once. Lives on its loop.
///
/// When one family is known, the other one has a little more time (RFC 8305 section 3): a server
/// that does not answer for IPv6 must not hold up IPv4.
final class HostQuery {
    private static final long MORE_MILLIS = 200;

    private final EventLoop loop;
    private final ConfiguredAddress.Host host;
    private final Promise<DnsAnswer> promise;

    private final List<InetAddress> found = new ArrayList<>();
    private final Ttl ttl = new Ttl();
    private int awaited = 2;
    private boolean complete = true;
    private @Nullable String problem;

    HostQuery(EventLoop loop, ConfiguredAddress.Host host, Promise<DnsAnswer> promise) {
        this.loop = loop;
        this.host = host;
        this.promise = promise;
    }

    void ask(DnsNameResolverBuilder dns) {
        ask(dns, ResolvedAddressTypes.IPV6_ONLY);
        ask(dns, ResolvedAddressTypes.IPV4_ONLY);
    }

    private void ask(DnsNameResolverBuilder dns, ResolvedAddressTypes family) {
        DnsNameResolver one =
                dns.copy()
                        .eventLoop(loop)
                        .resolvedAddressTypes(family)
                        .resolveCache(ttl)
                        .cnameCache(ttl)
                        .build();
        Future<List<InetAddress>> asked = one.resolveAll(host.name());
        asked.addListener(_ -> {
            one.close();
            answered(asked);
        });
    }

    private void answered(Future<List<InetAddress>> asked) {
        awaited--;
        if (asked.isSuccess()) {
            found.addAll(asked.getNow());
        } else {
            DnsFailure cause = DnsFailure.of(asked.cause());
            complete &= cause.isFinal();
            problem = problem == null || !cause.isFinal() ? cause.sentence() : problem;
        }
        if (awaited == 0) {
            finish(complete);
        } else if (!found.isEmpty()) {
            loop.schedule(() -> finish(false), MORE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void finish(boolean all) {
        if (promise.isDone()) {
            return;
        }
        if (found.isEmpty()) {
            promise.setFailure(new UnknownHostException(host.name() + " " + problem));
        } else {
            promise.setSuccess(new DnsAnswer(host.at(found), ttl.seconds(), all));
        }
    }
}
