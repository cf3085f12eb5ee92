package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;

/// Tunnels whose client is pinged, and tunnels of other protocols.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class TunnelEndsTest {
    private static final String PINGS_FOR_BACKEND =
            "http-destinations.backend.client.websocket.periodic-keep-alive-max-idle = \"200ms\"\n";
    private static final String PINGS_FOR_CLIENT =
            "server.websocket.periodicKeepAliveMaxIdle = \"200ms\"\n";
    private static final String STREAMING =
            "spillgate_pool_connections{destination=\"backend\",state=\"streaming\"}";

    private final SteppedReplies replies = new SteppedReplies();
    private ProxyGateway site = start(PINGS_FOR_CLIENT, "");

    @AfterEach
    void stop() {
        site.close();
    }

    @Test
    void pingsTheClientWhenNothingIsSentToItAndKeepsThePongs() throws IOException {
        try (Wire wire = Tunnels.open(site, replies)) {
            BackendExchange exchange = replies.next();
            for (int i = 0; i < 3; i++) {
                wire.expect("\u0089\u0008");
                wire.send(Frame.ofClient(Frame.PONG, wire.take(8)));
            }
            wire.send(Frame.ofClient(Frame.PONG, "of its own") + Frame.ofClient(Frame.TEXT, "up"));
            assertThat(Frame.read(exchange.input()).payload()).isEqualTo("of its own");
            assertThat(Frame.read(exchange.input()).payload()).isEqualTo("up");
        }
    }

    @Test
    void pingsTheClientOnlyBetweenFrames() throws IOException {
        String frame = Frame.ofServer(Frame.TEXT, "hello world");
        try (Wire wire = Tunnels.open(site, replies)) {
            BackendExchange exchange = replies.next();
            exchange.send(frame.substring(0, 5));
            wire.expect(frame.substring(0, 5));
            wire.expectSilence(Duration.ofMillis(700));
            exchange.send(frame.substring(5));
            wire.expect(frame.substring(5)).expect("\u0089\u0008");
        }
    }

    /// Whose answers go nowhere, and so keep nothing else alive.
    @Test
    void livesAsLongAsBothEndsAnswer() throws IOException {
        site.close();
        String idle = "http-destinations.backend.client.idle-timeout = \"600ms\"";
        site = start(PINGS_FOR_CLIENT + PINGS_FOR_BACKEND + idle, "");
        try (Wire wire = Tunnels.open(site, replies)) {
            BackendExchange exchange = replies.next();
            long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
            while (System.nanoTime() < end) {
                wire.expect("\u0089\u0008");
                wire.send(Frame.ofClient(Frame.PONG, wire.take(8)));
                Frame ping = Frame.read(exchange.input());
                assertThat(ping.first()).isEqualTo(Frame.PING);
                exchange.send(Frame.ofServer(Frame.PONG, ping.payload()));
            }
        }
    }

    @Test
    void endsWhenAnEndDoesNotAnswerPings() throws IOException {
        try (Wire wire = Tunnels.open(site, replies)) {
            BackendExchange exchange = replies.next();
            assertThat(wire.rest()).startsWith("\u0089\u0008");
            assertThat(exchange.input().read()).isEqualTo(-1);
            exchange.done();
        }
        site.gateway().awaitMetric(STREAMING, 0);
    }

    @Test
    void speaksWhatTheRouteNames() throws IOException {
        site.close();
        site = start(PINGS_FOR_CLIENT, "upgrade = ['tcp']");
        try (Wire wire = site.connect()) {
            wire.sendLines(
                    "POST /attach HTTP/1.1\nHost: test\nContent-Length: 0\n"
                            + "Connection: Upgrade\nUpgrade: tcp\n\n");
            BackendExchange exchange = replies.next();
            assertThat(exchange.request().line()).isEqualTo("POST /attach HTTP/1.1");
            assertThat(exchange.request().header("Upgrade")).isEqualTo("tcp");
            exchange.sendLines(
                    "HTTP/1.1 101 UPGRADED\nConnection: Upgrade\nUpgrade: tcp\n"
                            + "Content-Type: application/vnd.docker.raw-stream\n\n");
            Answer head = wire.head();
            assertThat(head.status()).isEqualTo(101);
            assertThat(head.values("Upgrade")).containsExactly("tcp");
            assertThat(head.header("Content-Type")).isEqualTo("application/vnd.docker.raw-stream");
            wire.send("ls\n");
            assertThat(new String(exchange.input().readNBytes(3), ISO_8859_1)).isEqualTo("ls\n");
            exchange.send("\u0000\u00ff");
            wire.expect("\u0000\u00ff");
            wire.expectSilence(Duration.ofMillis(300));
        }
    }

    @Test
    void refusesAnotherProtocolThanWasAskedFor() throws IOException {
        try (Wire wire = site.connect().sendLines(Tunnels.UPGRADE)) {
            BackendExchange exchange = replies.next();
            exchange.sendLines(Tunnels.SWITCH.replace("Upgrade: websocket", "Upgrade: tcp"));
            assertThat(wire.answer().status()).isEqualTo(502);
            assertThat(exchange.input().read()).isEqualTo(-1);
        }
    }

    private ProxyGateway start(String settings, String routeKeys) {
        return ProxyGateway.start(Backend.start(replies), settings, routeKeys);
    }
}
