package io.spillgate.proxy;

import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.client.pool.Wish;
import io.spillgate.config.RouteConfig;
import io.spillgate.config.WebsocketConfig;

import org.jspecify.annotations.Nullable;

/// A request to be forwarded.
///
/// @param to where
/// @param from who sent it
/// @param rule of the route that it takes
/// @param method as it came
/// @param target in origin form, as it goes out
/// @param headers as they came
/// @param bodyLength bytes of the body; 0 = there is none, -1 = not known yet
/// @param affinity what keeps it at one of several addresses; null when it may go to any
/// @param websocket what its client hears in a tunnel
/// @param stallNanos how long the client may take nothing of what waits for it
public record Forwarding(
        Upstream to,
        Sender from,
        RouteConfig rule,
        String method,
        String target,
        HttpHeaders headers,
        long bodyLength,
        @Nullable Affinity affinity,
        WebsocketConfig websocket,
        long stallNanos) {
    /// To which of several addresses it is to go; null when it does not matter.
    @Nullable Wish wish() {
        return affinity == null ? null : affinity.wish();
    }
}
