package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Wire;

/// What opens a WebSocket.
final class Tunnels {
    static final String UPGRADE =
            """
            GET /ws?a=b HTTP/1.1
            Host: test
            Upgrade: websocket
            Connection: keep-alive, Upgrade
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
            Sec-WebSocket-Protocol: chat

            """;
    static final String SWITCH =
            """
            HTTP/1.1 101 Switching Protocols
            Upgrade: websocket
            Connection: Upgrade
            Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
            Sec-WebSocket-Protocol: chat

            """;

    private Tunnels() {}

    /// A client's end of an open tunnel; the replies has the exchange.
    static Wire open(ProxyGateway site, SteppedReplies replies) {
        Wire wire = site.connect().sendLines(UPGRADE);
        BackendExchange exchange = replies.next();
        exchange.sendLines(SWITCH);
        assertThat(wire.head().status()).isEqualTo(101);
        replies.putBack(exchange);
        return wire;
    }
}
