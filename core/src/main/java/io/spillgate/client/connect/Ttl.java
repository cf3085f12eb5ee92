package io.spillgate.client.connect;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsCacheEntry;
import io.netty.resolver.dns.DnsCnameCache;
import io.netty.resolver.dns.NoopDnsCache;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.util.List;

/// The shortest time to live among the records of one answer, aliases included.
///
/// Netty tells times to live to its caches only; so this is one that remembers nothing else.
final class Ttl implements DnsCache, DnsCnameCache {
    private long seconds = Long.MAX_VALUE;

    long seconds() {
        return seconds;
    }

    @Override
    public DnsCacheEntry cache(
            String name, DnsRecord[] additionals, InetAddress ip, long ttl, EventLoop loop) {
        seconds = Math.min(seconds, ttl);
        return NoopDnsCache.INSTANCE.cache(name, additionals, ip, ttl, loop);
    }

    @Override
    public DnsCacheEntry cache(
            String name, DnsRecord[] additionals, Throwable cause, EventLoop loop) {
        return NoopDnsCache.INSTANCE.cache(name, additionals, cause, loop);
    }

    @Override
    public void cache(String name, String alias, long ttl, EventLoop loop) {
        seconds = Math.min(seconds, ttl);
    }

    @Override
    public List<? extends DnsCacheEntry> get(String name, DnsRecord[] additionals) {
        return List.of();
    }

    @Override
    public @Nullable String get(String name) {
        return null;
    }

    @Override
    public void clear() {}

    @Override
    public boolean clear(String name) {
        return false;
    }
}
