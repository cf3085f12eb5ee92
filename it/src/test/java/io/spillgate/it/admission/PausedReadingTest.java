package io.spillgate.it.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.Gateway.Reloaded;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.Publisher;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;
import io.spillgate.it.proxy.SteppedReplies;
import io.spillgate.it.stress.Flood;
import io.spillgate.it.stress.Transports;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/// A client that goes on sending while the gateway does not want more of it: the socket is not
/// read, so the client is held up by TCP, whatever it waits for and however small its pieces are.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PausedReadingTest {
    /// The kernel's receive buffer grows to 32 MiB where it is allowed to; what lies there is not
    /// in the gateway.
    private static final long KERNEL_BYTES = 40L << 20;

    private static final long ENDLESS = 160L << 20;
    private static final Duration PATIENCE = Duration.ofMillis(700);
    private static final String JUNK = "GET /junk HTTP/1.1\r\nX: ".concat("j".repeat(1000));
    private static final String BODY = "Content-Length: 1000000000";
    private static final String UPGRADE =
            """
            GET /api/ws HTTP/1.1
            Host: test
            Upgrade: websocket
            Connection: Upgrade
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

            """;

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void whileARequestWaitsForAdmission(String io) {
        try (AdmissionGateway gate = gate(io, ".maxLimit = 1\n.queueTimeout = 60000\n")) {
            gate.run("first");
            try (Flood flood = flood(gate)) {
                flood.lines(AdmissionGateway.getLines("waits"));
                gate.awaitQueued(1);
                expectHeldUp(flood);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void whileABodyWaitsForAdmission(String io) {
        try (AdmissionGateway gate = gate(io, ".maxLimit = 1\n.queueTimeout = 60000\n")) {
            gate.run("first");
            try (Flood flood = flood(gate)) {
                flood.lines(post(BODY));
                gate.awaitQueued(1);
                expectHeldUp(flood);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void whileARequestWaitsForItsPool(String io) {
        String one = "http-destinations.backend.backend-connections-per-ip-port = 1\n";
        try (AdmissionGateway gate = gate(io, one)) {
            gate.run("first");
            try (Flood flood = flood(gate);
                    Flood body = flood(gate)) {
                flood.lines(AdmissionGateway.getLines("waits"));
                body.lines(post(BODY));
                gate.awaitInFlight(3);
                expectHeldUp(flood);
                expectHeldUp(body);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void behindALongRequest(String io) {
        try (AdmissionGateway gate = gate(io, "");
                Flood flood = flood(gate)) {
            flood.lines(AdmissionGateway.getLines("long"));
            gate.next();
            expectHeldUp(flood);
        }
    }

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void whileItDoesNotReadItsAnswers(String io) {
        try (AdmissionGateway gate = gate(io, "");
                Flood flood = flood(gate)) {
            String asks = "GET /fixed HTTP/1.1\r\nHost: test\r\n\r\n".repeat(20);
            assertThat(flood.push(asks, ENDLESS, PATIENCE)).isLessThan(KERNEL_BYTES);
            assertThat(flood.isEnded()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void whileItsEventsWaitForRoom(String io) {
        String block =
                """
                http.backpressure_policy = "block"
                http.max_message_queue_size = 2
                hub.block_timeout = "60s"
                """;
        try (TestGateway gateway = TestGateway.start(io(io) + block);
                Wire stalled = Wire.narrow(4096, gateway.address())) {
            EventStream.open(stalled, "/events/t");
            try (Flood stream = Flood.to(gateway.adminAddress());
                    Flood single = Flood.to(gateway.adminAddress())) {
                String head = "POST /events/t HTTP/1.1\nHost: test\n";
                stream.lines(head + "Content-Type: text/event-stream\n" + BODY + "\n\n");
                expectHeldUp(stream, "data: " + "e".repeat(9000) + "\n\n");
                single.lines(head + "Content-Length: 5\n\nhello");
                expectHeldUp(single);
            }
            try (Publisher publisher = gateway.publisher()) {
                assertThat(publisher.publish("other", "goes on")).isNotEmpty();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void whileAnOperatorsCommandRuns(String io) throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        try (TestGateway gateway =
                        TestGateway.start(
                                io(io),
                                () -> {
                                    begun.countDown();
                                    awaitQuietly(over);
                                    return new Reloaded(true, List.of());
                                });
                Flood flood = Flood.to(gateway.adminAddress())) {
            flood.lines("POST /reload HTTP/1.1\nHost: test\nContent-Length: 0\n\n");
            begun.await();
            expectHeldUp(flood);
            over.countDown();
        }
    }

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void inATunnelWhoseBackendDoesNotRead(String io) {
        SteppedReplies replies = new SteppedReplies();
        try (AdmissionGateway gate =
                        AdmissionGateway.start(
                                io(io), Backend.start(Backend.Reading.BY_HAND, replies));
                Flood flood = flood(gate)) {
            flood.lines(UPGRADE);
            replies.next()
                    .sendLines(
                            """
                            HTTP/1.1 101 Switching Protocols
                            Upgrade: websocket
                            Connection: Upgrade
                            Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=

                            """);
            expectHeldUp(flood);
        }
    }

    /// Whoever was refused is read for a while, so that the answer arrives, and then closed,
    /// however much still comes.
    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void afterItWasRefused(String io) {
        try (AdmissionGateway gate = gate(io, "server.lingerTimeout = 200\n");
                Flood flood = flood(gate)) {
            flood.lines("NONSENSE\n\n");
            assertThat(flood.push(JUNK, ENDLESS, PATIENCE)).isLessThan(ENDLESS);
            assertThat(flood.isEnded()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void aboveTheCap(String io) {
        try (AdmissionGateway gate = gate(io, "http.max_connections = 1\n")) {
            gate.run("first");
            try (Flood flood = flood(gate)) {
                assertThat(flood.push("x", ENDLESS, PATIENCE)).isLessThan(KERNEL_BYTES);
                assertThat(flood.isEnded()).isTrue();
            }
        }
    }

    /// What was sent before a FIN is in its way, and not read; the client is gone all the same. The
    /// JDK's selector can't see that.
    @ParameterizedTest
    @MethodSource("kernelInterfaces")
    void andThenLeaves(String io) {
        try (AdmissionGateway gate = gate(io, "");
                Flood closed = flood(gate);
                Flood reset = flood(gate)) {
            closed.lines(AdmissionGateway.getLines("closed"));
            reset.lines(AdmissionGateway.getLines("reset"));
            gate.next();
            gate.next();
            gate.awaitInFlight(2);
            closed.push(JUNK, 100 << 10, PATIENCE);
            closed.halfClose();
            gate.awaitInFlight(1);
            expectHeldUp(reset);
            reset.reset();
            gate.expectEmpty();
        }
    }

    private static void expectHeldUp(Flood flood) {
        expectHeldUp(flood, JUNK);
    }

    private static void expectHeldUp(Flood flood, String piece) {
        assertThat(flood.push(piece, ENDLESS, PATIENCE)).isLessThan(KERNEL_BYTES);
        assertThat(flood.isEnded()).isFalse();
    }

    static Stream<String> kernelInterfaces() {
        return Transports.available().filter(io -> !io.equals("nio"));
    }

    private static Flood flood(AdmissionGateway gate) {
        return Flood.to(gate.gateway().address());
    }

    private static AdmissionGateway gate(String io, String settings) {
        return AdmissionGateway.start(settings + io(io));
    }

    private static String io(String io) {
        return "http.io = \"" + io + "\"\n";
    }

    private static String post(String bodyLine) {
        return "POST /api/body HTTP/1.1\nHost: test\n" + bodyLine + "\n\n";
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
