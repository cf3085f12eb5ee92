package io.spillgate.client.connect;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Asks the DNS who offers a service (RFC 2782), and for their addresses. Lives on its loop.
///
/// Only the servers of the lowest priority number are taken; weights are not looked at, because a
/// pool spreads by load. At most 100 servers are taken.
final class ServiceQuery {
    private static final int MAX_SERVERS = 100;

    private final Lookup lookup;
    private final EventLoop loop;
    private final String name;
    private final Promise<DnsAnswer> promise;

    private final Set<InetSocketAddress> found = new LinkedHashSet<>();
    private long ttlSeconds = Long.MAX_VALUE;
    private boolean complete = true;
    private int awaited;
    private @Nullable String problem;

    /// @param lookup of the servers
    ServiceQuery(Lookup lookup, EventLoop loop, String name) {
        this.lookup = lookup;
        this.loop = loop;
        this.name = name.endsWith(".") ? name : name + ".";
        this.promise = loop.newPromise();
    }

    private record Server(int priority, ConfiguredAddress endpoint, long ttlSeconds) {}

    Future<DnsAnswer> ask(DnsNameResolverBuilder dns) {
        Ttl ttl = new Ttl();
        DnsNameResolver one = dns.copy().eventLoop(loop).resolveCache(ttl).cnameCache(ttl).build();
        Future<List<DnsRecord>> asked =
                one.resolveAll(new DefaultDnsQuestion(name, DnsRecordType.SRV));
        asked.addListener(_ -> {
            one.close();
            ttlSeconds = ttl.seconds();
            if (asked.isSuccess()) {
                servers(asked.getNow());
            } else {
                fail(DnsFailure.of(asked.cause()).sentence());
            }
        });
        return promise;
    }

    private void servers(List<DnsRecord> records) {
        List<Server> servers = new ArrayList<>();
        for (DnsRecord record : records) {
            Server server = server(record);
            ReferenceCountUtil.release(record);
            if (server == null) {
                complete = false;
            } else {
                servers.add(server);
            }
        }
        servers.sort(Comparator.comparingInt(Server::priority));
        List<Server> best =
                servers.stream()
                        .filter(server -> server.priority == servers.getFirst().priority)
                        .limit(MAX_SERVERS)
                        .toList();
        if (best.isEmpty()) {
            fail("has no server in the DNS");
            return;
        }
        awaited = best.size();
        best.forEach(this::ask);
    }

    private void ask(Server server) {
        ttlSeconds = Math.min(ttlSeconds, server.ttlSeconds);
        Future<DnsAnswer> asked = lookup.ask(loop, server.endpoint);
        asked.addListener(_ -> answered(asked));
    }

    private void answered(Future<DnsAnswer> asked) {
        awaited--;
        if (asked.isSuccess()) {
            DnsAnswer answer = asked.getNow();
            found.addAll(answer.addresses());
            ttlSeconds = Math.min(ttlSeconds, answer.ttlSeconds());
            complete &= answer.complete();
        } else {
            complete = false;
            problem = "has no server with an address: " + asked.cause().getMessage();
        }
        if (awaited > 0) {
            return;
        }
        if (found.isEmpty()) {
            fail(String.valueOf(problem));
        } else {
            promise.setSuccess(new DnsAnswer(List.copyOf(found), ttlSeconds, complete));
        }
    }

    private void fail(String sentence) {
        String text = name.substring(0, name.length() - 1);
        promise.setFailure(new UnknownHostException(text + " " + sentence));
    }

    /// What a record says; null when it is broken, or says that there is no server (".").
    private static @Nullable Server server(DnsRecord record) {
        if (!(record instanceof DnsRawRecord raw)) {
            return null;
        }
        ByteBuf content = raw.content().duplicate();
        try {
            int priority = content.readUnsignedShort();
            content.skipBytes(Short.BYTES); // the weight
            int port = content.readUnsignedShort();
            String host = DefaultDnsRecordDecoder.decodeName(content);
            if (host.equals(".") || port == 0) {
                return null;
            }
            String target = host.substring(0, host.length() - 1);
            return new Server(priority, ConfiguredAddress.of(target, port), record.timeToLive());
        } catch (RuntimeException _) {
            return null; // it ends too early, or its name is none
        }
    }
}
