package io.spillgate.proxy;

import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.config.RouteConfig;
import io.spillgate.config.WebsocketConfig;

/// A request to be forwarded.
///
/// @param to where
/// @param from who sent it
/// @param rule of the route that it takes
/// @param method as it came
/// @param target in origin form, as it goes out
/// @param headers as they came
/// @param bodyLength bytes of the body; 0 = there is none, -1 = not known yet
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
        WebsocketConfig websocket,
        long stallNanos) {}
