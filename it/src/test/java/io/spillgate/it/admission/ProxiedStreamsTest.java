package io.spillgate.it.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Wire;
import io.spillgate.it.proxy.BackendExchange;
import io.spillgate.it.proxy.Content;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;

/// Tunnels and event streams of backends, as far as they take places of requests.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ProxiedStreamsTest {
    private static final String ONE = ".maxLimit = 1\n.queueTimeout = 60000\n";
    private static final String FOR_LIFE = ".countEventStreams = true\n";
    private static final Duration A_MOMENT = Duration.ofMillis(300);

    private AdmissionGateway gate;

    @BeforeEach
    void start() {
        gate = AdmissionGateway.start(ONE);
    }

    @AfterEach
    void stop() {
        gate.close();
    }

    private void restart(String settings) {
        gate.close();
        gate = AdmissionGateway.start(settings);
    }

    @Test
    void aTunnelGivesItsPlaceBackWithItsHead() {
        Wire wire = gate.connect();
        BackendExchange exchange = tunnel(wire);
        gate.expectOnePlace();
        exchange.send("from the backend");
        wire.expect("from the backend");
        exchange.close();
        gate.expectOnePlace();
    }

    @Test
    void aTunnelHoldsItsPlaceWhereStreamsCountForLife() {
        restart(ONE + FOR_LIFE);
        Wire wire = gate.connect();
        BackendExchange exchange = tunnel(wire);
        Wire waiting = gate.queue("waiting");
        exchange.send("from the backend");
        wire.expect("from the backend");
        waiting.expectSilence(A_MOMENT);
        assertThat(gate.inFlight()).isEqualTo(1);
        exchange.close();
        gate.next().ok("waiting");
        assertThat(waiting.answer().body()).isEqualTo("waiting");
        gate.expectOnePlace();
    }

    private BackendExchange tunnel(Wire wire) {
        wire.sendLines(
                """
                GET /api/ws HTTP/1.1
                Host: test
                Upgrade: websocket
                Connection: Upgrade
                Sec-WebSocket-Version: 13
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

                """);
        BackendExchange exchange = gate.next();
        exchange.sendLines(
                """
                HTTP/1.1 101 Switching Protocols
                Upgrade: websocket
                Connection: Upgrade
                Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=

                """);
        assertThat(wire.head().status()).isEqualTo(101);
        return exchange;
    }

    @Test
    void anEventStreamGivesItsPlaceBackWithItsHead() {
        AdmissionGateway.Running running = gate.run("stream");
        Content content = beginEvents(running);
        gate.expectOnePlace();
        running.exchange().send("data: 2\n\n");
        content.take("data: 2\n\n".length());
        running.wire().reset();
        gate.expectOnePlace();
    }

    @Test
    void anEventStreamHoldsItsPlaceWhereStreamsCountForLife() {
        restart(ONE + FOR_LIFE);
        AdmissionGateway.Running running = gate.run("stream");
        beginEvents(running);
        Wire waiting = gate.queue("waiting");
        waiting.expectSilence(A_MOMENT);
        running.wire().reset();
        gate.next().ok("waiting");
        assertThat(waiting.answer().body()).isEqualTo("waiting");
        gate.expectOnePlace();
    }

    private static Content beginEvents(AdmissionGateway.Running running) {
        running.exchange()
                .sendLines("HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\ndata: 1\n\n");
        Content content = Content.of(running.wire(), running.wire().head());
        content.take("data: 1\n\n".length());
        return content;
    }
}
