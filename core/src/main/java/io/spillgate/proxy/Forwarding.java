package io.spillgate.proxy;

import io.netty.handler.codec.http.HttpHeaders;

/// A request to be forwarded.
///
/// @param to where
/// @param from who sent it
/// @param method as it came
/// @param target in origin form, as it goes out
/// @param headers as they came
/// @param bodyLength bytes of the body; 0 = there is none, -1 = not known yet
/// @param streaming whether the answer may take as long as it likes after its head
/// @param stallNanos how long the client may take nothing of what waits for it
public record Forwarding(
        Upstream to,
        Sender from,
        String method,
        String target,
        HttpHeaders headers,
        long bodyLength,
        boolean streaming,
        long stallNanos) {}
