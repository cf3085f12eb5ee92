package io.spillgate.it.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Wire;
import io.spillgate.it.proxy.BackendExchange;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Clients that send something and reset the connection at once, so that the gateway finds the
/// bytes and the reset together: it is rid of them soon, whatever they were doing.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ResetTest {
    private static final int CLIENTS = 20;
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final String HALF = "GET /half HTTP/1.1\r\nHost: te";

    private final List<Wire> wires = new ArrayList<>();

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void beforeARequest(String io) {
        try (AdmissionGateway gate = gate(io, "")) {
            connect(gate);
            expectGone(gate);
        }
    }

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void inTheMiddleOfAHead(String io) {
        try (AdmissionGateway gate = gate(io, "")) {
            connect(gate).forEach(wire -> wire.send("POST /first HTTP/1.1\r\nHost"));
            expectGone(gate);
        }
    }

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void inTheMiddleOfABody(String io) {
        try (AdmissionGateway gate = gate(io, "")) {
            connect(gate)
                    .forEach(wire ->
                            wire.sendLines(
                                    "POST /api/x HTTP/1.1\nHost: test\nContent-Length: 9999\n\n"));
            gate.awaitInFlight(CLIENTS);
            expectGone(gate);
        }
    }

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void whileTheyWaitForAdmission(String io) {
        try (AdmissionGateway gate = gate(io, ".maxLimit = 1\n.queueTimeout = 60000\n")) {
            connect(gate);
            AdmissionGateway.Running running = gate.run("first");
            wires.forEach(wire -> wire.sendLines(AdmissionGateway.getLines("waits")));
            gate.awaitQueued(CLIENTS);
            resetAll();
            expectConnections(gate, 1);
            running.finish();
        }
    }

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void whileTheBackendThinks(String io) {
        try (AdmissionGateway gate = gate(io, "")) {
            connect(gate).forEach(wire -> wire.sendLines(AdmissionGateway.getLines("thinks")));
            gate.awaitInFlight(CLIENTS);
            expectGone(gate);
        }
    }

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void inTheMiddleOfTheirAnswers(String io) {
        try (AdmissionGateway gate = gate(io, "")) {
            for (Wire wire : connect(gate)) {
                wire.sendLines(AdmissionGateway.getLines("half"));
                BackendExchange exchange = gate.next();
                exchange.sendLines("HTTP/1.1 200 OK\nContent-Length: 100\n\n").send("half");
                assertThat(wire.head().status()).isEqualTo(200);
            }
            expectGone(gate);
        }
    }

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void whileTheirStreamsAreOpen(String io) {
        try (AdmissionGateway gate = gate(io, "")) {
            for (Wire wire : connect(gate)) {
                wire.sendLines("GET /events/t HTTP/1.1\nHost: test\n\n");
                assertThat(wire.head().status()).isEqualTo(200);
            }
            expectGone(gate);
        }
    }

    /// A backend can do the same.
    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void byABackendInTheMiddleOfItsAnswer(String io) {
        try (AdmissionGateway gate = gate(io, "")) {
            for (int i = 0; i < CLIENTS; i++) {
                AdmissionGateway.Running running = gate.run("broken");
                long start = System.nanoTime();
                running.exchange()
                        .sendLines("HTTP/1.1 200 OK\nContent-Length: 100\n\n")
                        .send("half")
                        .reset();
                running.wire().endsByReset();
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
            }
        }
    }

    private List<Wire> connect(AdmissionGateway gate) {
        for (int i = 0; i < CLIENTS; i++) {
            wires.add(gate.connect());
        }
        expectConnections(gate, CLIENTS);
        return wires;
    }

    private void expectGone(AdmissionGateway gate) {
        resetAll();
        expectConnections(gate, 0);
    }

    private void resetAll() {
        wires.forEach(wire -> wire.send(HALF).reset());
    }

    private static void expectConnections(AdmissionGateway gate, int count) {
        long start = System.nanoTime();
        Await.until(
                count + " connections are held",
                () -> gate.gateway().metric("spillgate_connections_active") == count);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
    }

    private static AdmissionGateway gate(String io, String settings) {
        return AdmissionGateway.start(settings + "http.io = \"" + io + "\"\n");
    }
}
