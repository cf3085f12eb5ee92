package io.spillgate.listener;

import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.config.AffinityConfig;
import io.spillgate.http.Peer;
import io.spillgate.http.ServerStream;
import io.spillgate.limits.ClientAddress;
import io.spillgate.limits.TrustedProxies;
import io.spillgate.metrics.Handler;
import io.spillgate.proxy.Affinity;
import io.spillgate.proxy.Backends;
import io.spillgate.proxy.Forwarder;
import io.spillgate.proxy.Forwarding;
import io.spillgate.proxy.Sender;
import io.spillgate.routing.Route;

import org.jspecify.annotations.Nullable;

import java.util.OptionalLong;

/// Hands a request that was admitted to a [Forwarder], with what is known of its sender.
final class ForwardStage {
    private ForwardStage() {}

    static void begin(Backends backends, RequestContext context, Route.Forward route) {
        ServerStream stream = context.stream();
        Settings settings = context.settings();
        Sender sender = sender(stream, settings.proxies());
        Forwarding what =
                new Forwarding(
                        settings.upstream(route.to()),
                        sender,
                        route.rule(),
                        stream.head().method().name(),
                        route.target(),
                        stream.head().headers(),
                        stream.contentLength(),
                        route.rule()
                                .affinity()
                                .map(rule -> affinity(rule, stream, sender, settings.proxies()))
                                .orElse(null),
                        settings.websocket(),
                        settings.times().connectionNanos());
        Forwarder forwarder =
                backends.forwarder(
                        stream,
                        context.listenerLoop().meter(),
                        context.listenerLoop().cells(),
                        what,
                        new ForwardReplies(context, route));
        context.begin(forwarder, Handler.PROXY);
        forwarder.start();
    }

    private static Affinity affinity(
            AffinityConfig rule, ServerStream stream, Sender from, TrustedProxies proxies) {
        HttpHeaders received = stream.head().headers();
        Peer peer = rule.kind() == AffinityConfig.Kind.ADDRESS ? stream.peer() : null;
        return Affinity.of(
                rule,
                received,
                from,
                peer == null
                        ? OptionalLong.empty()
                        : OptionalLong.of(
                                proxies.client(peer.address(), received::getAll).key().bits()));
    }

    private static Sender sender(ServerStream stream, TrustedProxies proxies) {
        Peer peer = stream.peer();
        return new Sender(
                peer == null ? "unknown" : peer.text(),
                peer != null && proxies.trustsXForwarded(peer.address()),
                peer == null ? null : told(stream, proxies, peer.address()),
                stream.scheme(),
                stream.isHttp10() ? "1.0" : "1.1");
    }

    private static Sender.@Nullable Told told(
            ServerStream stream, TrustedProxies proxies, ClientAddress address) {
        return proxies.way(address, stream.head().headers()::getAll)
                .map(way -> new Sender.Told(way.hops(), way.elements(), way.proto(), way.host()))
                .orElse(null);
    }
}
