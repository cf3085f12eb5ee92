package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.time.Duration;

/// WebSockets: after 101 the gateway is a tunnel that keeps itself alive.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class TunnelTest {
    private static final String KEEP_ALIVE =
            "http-destinations.backend.client.websocket.periodic-keep-alive-max-idle = \"200ms\"\n";
    private static final String PONG_MODE =
            "http-destinations.backend.client.websocket.periodic-keep-alive-mode = \"pong\"\n";
    private static final String STREAMING =
            "spillgate_pool_connections{destination=\"backend\",state=\"streaming\"}";
    private static final Duration SOON = Duration.ofSeconds(2);

    private final SteppedReplies replies = new SteppedReplies();
    private ProxyGateway site = ProxyGateway.start(Backend.start(replies));

    @AfterEach
    void stop() {
        site.close();
    }

    @Test
    void asksTheBackendForTheUpgrade() {
        try (Wire wire = site.connect().sendLines(Tunnels.UPGRADE)) {
            BackendExchange exchange = replies.next();
            assertThat(exchange.request().line()).isEqualTo("GET /ws?a=b HTTP/1.1");
            assertThat(exchange.request().header("Upgrade")).isEqualToIgnoringCase("websocket");
            assertThat(exchange.request().header("Connection")).isEqualToIgnoringCase("upgrade");
            assertThat(exchange.request().header("Sec-WebSocket-Version")).isEqualTo("13");
            assertThat(exchange.request().header("Sec-WebSocket-Key"))
                    .isEqualTo("dGhlIHNhbXBsZSBub25jZQ==");
            assertThat(exchange.request().header("Sec-WebSocket-Protocol")).isEqualTo("chat");
            assertThat(exchange.request().header("Content-Length")).isNull();
            exchange.sendLines(Tunnels.SWITCH);
            Answer head = wire.head();
            assertThat(head.statusLine()).isEqualTo("HTTP/1.1 101 Switching Protocols");
            assertThat(head.header("Upgrade")).isEqualToIgnoringCase("websocket");
            assertThat(head.header("Connection")).isEqualToIgnoringCase("upgrade");
            assertThat(head.header("Sec-WebSocket-Accept"))
                    .isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            assertThat(head.header("Sec-WebSocket-Protocol")).isEqualTo("chat");
            assertThat(head.header("Content-Length")).isNull();
            assertThat(head.header("Transfer-Encoding")).isNull();
        }
    }

    @Test
    void passesEveryByteBothWays() throws IOException {
        try (Wire wire = open()) {
            BackendExchange exchange = replies.next();
            for (int i = 0; i < 50; i++) {
                wire.send(Frame.ofClient(Frame.TEXT, "up " + i));
                assertThat(Frame.read(exchange.input()))
                        .isEqualTo(new Frame(Frame.TEXT, true, "up " + i));
                exchange.send(Frame.ofServer(Frame.TEXT, "down " + i));
                wire.expect(Frame.ofServer(Frame.TEXT, "down " + i));
            }
        }
    }

    @Test
    void losesNothingThatComesWithTheHead() throws IOException {
        try (Wire wire = site.connect()) {
            String early = Frame.ofClient(Frame.TEXT, "early");
            wire.send(Tunnels.UPGRADE.replace("\n", "\r\n") + early);
            BackendExchange exchange = replies.next();
            String first = Frame.ofServer(Frame.TEXT, "first");
            exchange.send(Tunnels.SWITCH.replace("\n", "\r\n") + first);
            assertThat(wire.head().status()).isEqualTo(101);
            wire.expect(first);
            assertThat(Frame.read(exchange.input()).payload()).isEqualTo("early");
        }
    }

    @Test
    void endsAtTheBackendWhenTheClientLeaves() throws IOException {
        open().close();
        BackendExchange exchange = replies.next();
        assertThat(exchange.input().read()).isEqualTo(-1);
        exchange.done();
        site.awaitPool("in_flight", 0);
    }

    @Test
    void endsAtTheClientWhenTheBackendLeaves() {
        try (Wire wire = open()) {
            String last = Frame.ofServer(Frame.TEXT, "last");
            replies.next().send(last).close();
            wire.expect(last);
            wire.expectEnd();
        }
        site.awaitPool("in_flight", 0);
    }

    @Test
    void relaysARefusalAsAnOrdinaryAnswer() {
        try (Wire wire = site.connect().sendLines(Tunnels.UPGRADE)) {
            BackendExchange exchange = replies.next();
            exchange.sendLines("HTTP/1.1 403 Forbidden\nContent-Length: 2\n\nno");
            Answer answer = wire.answer();
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.body()).isEqualTo("no");
            assertThat(answer.header("Upgrade")).isNull();
            exchange.done();
            wire.sendLines("GET /next HTTP/1.1\nHost: test\n\n");
            replies.next().ok("next");
            assertThat(wire.answer().body()).isEqualTo("next");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Upgrade: h2c\nConnection: Upgrade, HTTP2-Settings\nHTTP2-Settings: AAMAAABkAAQ",
                "Upgrade: foo/2\nConnection: upgrade",
                "Upgrade: websocket",
                "Upgrade: websocket\nConnection: keep-alive",
                "Connection: Upgrade",
            })
    void asksForNoOtherUpgrade(String headers) {
        try (Wire wire = site.connect()) {
            wire.sendLines("GET /a HTTP/1.1\nHost: test\n" + headers + "\n\n");
            BackendExchange exchange = replies.next();
            assertThat(exchange.request().header("Upgrade")).isNull();
            assertThat(exchange.request().header("HTTP2-Settings")).isNull();
            assertThat(String.valueOf(exchange.request().header("Connection")))
                    .doesNotContainIgnoringCase("upgrade");
            exchange.ok("plain");
            assertThat(wire.answer().body()).isEqualTo("plain");
        }
    }

    @Test
    void leavesThePlaceOfARequestInThePool() {
        restart(
                """
                http-destinations.backend.backend-connections-per-ip-port = 1
                http-destinations.backend.queue-size-for-503 = 0
                """);
        try (Wire wire = open();
                Wire other = site.connect()) {
            BackendExchange exchange = replies.next();
            assertThat(site.gateway().metric(STREAMING)).isEqualTo(1);
            assertThat(site.pool("in_flight")).isZero();
            other.sendLines("GET /other HTTP/1.1\nHost: test\n\n");
            replies.next().ok("other");
            assertThat(other.answer().body()).isEqualTo("other");
            exchange.close();
            wire.expectEnd();
        }
        site.gateway().awaitMetric(STREAMING, 0);
    }

    @Test
    void pingsTheBackendWhileTheClientIsSilentAndKeepsThePongs() throws IOException {
        restart(KEEP_ALIVE);
        try (Wire wire = open()) {
            BackendExchange exchange = replies.next();
            for (int i = 0; i < 3; i++) {
                Frame ping = Frame.read(exchange.input());
                assertThat(ping.first()).isEqualTo(Frame.PING);
                assertThat(ping.masked()).isTrue();
                exchange.send(Frame.ofServer(Frame.PONG, ping.payload()));
            }
            String after = Frame.ofServer(Frame.TEXT, "after");
            exchange.send(after);
            wire.expect(after);
        }
    }

    @Test
    void sendsPongsThatNobodyAskedForIfToldSo() throws IOException {
        restart(KEEP_ALIVE + PONG_MODE);
        try (Wire wire = open()) {
            BackendExchange exchange = replies.next();
            for (int i = 0; i < 3; i++) {
                Frame pong = Frame.read(exchange.input());
                assertThat(pong.first()).isEqualTo(Frame.PONG);
                assertThat(pong.masked()).isTrue();
            }
            wire.expectSilence(Duration.ofMillis(50));
        }
    }

    @Test
    void pingsOnlyBetweenFrames() throws IOException {
        restart(KEEP_ALIVE);
        String frame = Frame.ofClient(Frame.TEXT, "hello world");
        try (Wire wire = open()) {
            BackendExchange exchange = replies.next();
            wire.send(frame.substring(0, 9));
            wire.expectSilence(Duration.ofMillis(700));
            wire.send(frame.substring(9));
            assertThat(Frame.read(exchange.input()))
                    .isEqualTo(new Frame(Frame.TEXT, true, "hello world"));
            assertThat(Frame.read(exchange.input()).first()).isEqualTo(Frame.PING);
        }
    }

    @Test
    void passesOnThePingsAndPongsOfOthers() throws IOException {
        restart(KEEP_ALIVE);
        try (Wire wire = open()) {
            BackendExchange exchange = replies.next();
            wire.send(Frame.ofClient(Frame.PING, "of the client"));
            Frame frame = Frame.read(exchange.input());
            while (frame.payload().isEmpty()) {
                frame = Frame.read(exchange.input());
            }
            assertThat(frame).isEqualTo(new Frame(Frame.PING, true, "of the client"));
            String pong = Frame.ofServer(Frame.PONG, "of the client");
            String ping = Frame.ofServer(Frame.PING, "of the backend");
            exchange.send(pong + ping);
            wire.expect(pong + ping);
        }
    }

    @Test
    void endsWhenBothSidesAreSilentForTooLong() throws IOException {
        restart("http-destinations.backend.client.idle-timeout = \"400ms\"");
        try (Wire wire = open()) {
            BackendExchange exchange = replies.next();
            for (int i = 0; i < 4; i++) {
                wire.expectSilence(Duration.ofMillis(200));
                exchange.send(Frame.ofServer(Frame.TEXT, "alive"));
                wire.expect(Frame.ofServer(Frame.TEXT, "alive"));
            }
            long start = System.nanoTime();
            wire.expectEnd();
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(300), SOON);
            assertThat(exchange.input().read()).isEqualTo(-1);
            exchange.done();
        }
        site.awaitPool("in_flight", 0);
    }

    @Test
    void isKeptAliveByItsOwnPings() throws IOException {
        restart(KEEP_ALIVE + "http-destinations.backend.client.idle-timeout = \"600ms\"");
        try (Wire wire = open()) {
            BackendExchange exchange = replies.next();
            wire.expectSilence(Duration.ofMillis(1500));
            wire.send(Frame.ofClient(Frame.TEXT, "still here"));
            Frame frame = Frame.read(exchange.input());
            while (frame.first() == Frame.PING) {
                frame = Frame.read(exchange.input());
            }
            assertThat(frame.payload()).isEqualTo("still here");
        }
    }

    @Test
    void isNotLimitedInTime() throws IOException {
        restart("http-destinations.backend.max-request-timeout = \"300ms\"");
        try (Wire wire = open()) {
            BackendExchange exchange = replies.next();
            wire.expectSilence(Duration.ofMillis(900));
            wire.send(Frame.ofClient(Frame.TEXT, "still here"));
            assertThat(Frame.read(exchange.input()).payload()).isEqualTo("still here");
        }
    }

    private void restart(String settings) {
        site.close();
        site = ProxyGateway.start(Backend.start(replies), settings);
    }

    /// An open tunnel; the replies has the exchange.
    private Wire open() {
        return Tunnels.open(site, replies);
    }
}
