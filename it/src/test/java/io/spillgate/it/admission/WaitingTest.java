package io.spillgate.it.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendRequest;
import io.spillgate.it.harness.Wire;
import io.spillgate.it.proxy.BackendExchange;
import io.spillgate.it.stress.Transports;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// Requests that wait, with and without bodies.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class WaitingTest {
    private static final String ONE = ".maxLimit = 1\n.queueTimeout = 60000\n";
    private static final Duration A_MOMENT = Duration.ofMillis(200);
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final int MEGABYTE = 1 << 20;
    private static final byte[] PIECE = new byte[64 * 1024];
    private static final long STILL_NANOS = 400_000_000;

    /// More than what two sockets hold.
    private static final long FLOOD = 256L << 20;

    private final AtomicLong poured = new AtomicLong();
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
    void areRefusedWhenTheirTimeIsOver() {
        restart(".maxLimit = 1\n.queueTimeout = 500");
        AdmissionGateway.Running running = gate.run("x");
        long start = System.nanoTime();
        Wire waiting = gate.queue("waiting");
        AdmissionGateway.expectBusy(waiting.answer());
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(450), Duration.ofSeconds(3));
        assertThat(gate.queued()).isZero();
        assertThat(gate.shed("queue_timeout")).isEqualTo(1);
        running.finish();
        assertThat(gate.backend().requests()).hasSize(1);
        gate.expectOnePlace();
    }

    @Test
    void areNoneWhereThereIsNoQueue() {
        restart(ONE + ".queueSize = 0");
        AdmissionGateway.Running running = gate.run("x");
        AdmissionGateway.expectBusy(gate.get("y").answer());
        assertThat(gate.shed("queue_full")).isEqualTo(1);
        running.finish();
        gate.run("z").finish();
    }

    /// What of its request a client has sent when it leaves.
    enum Sent {
        ALL(""),
        PART_OF_A_SMALL_BODY("Content-Length: 100\n"),
        PART_OF_A_LARGE_BODY("Content-Length: 10000000\n"),
        PART_OF_A_BODY_IN_CHUNKS("Transfer-Encoding: chunked\n");

        private final String header;

        Sent(String header) {
            this.header = header;
        }

        private void send(Wire wire) {
            String method = this == ALL ? "GET" : "POST";
            wire.sendLines(method + " /api/left HTTP/1.1\nHost: test\n" + header + "\n");
            switch (this) {
                case ALL -> {}
                case PART_OF_A_SMALL_BODY -> wire.send("half");
                case PART_OF_A_LARGE_BODY -> wire.send("x".repeat(40_000));
                case PART_OF_A_BODY_IN_CHUNKS -> wire.send("5\r\nhello\r\n5\r\nwo");
            }
        }
    }

    /// The JDK's sockets show that a client has left only when all bytes of it are read, one at
    /// each look.
    static Stream<Arguments> departures() {
        return Transports.available()
                .flatMap(io ->
                        Stream.of(Sent.values())
                                .filter(sent ->
                                        sent != Sent.PART_OF_A_LARGE_BODY || !io.equals("nio"))
                                .flatMap(sent ->
                                        Stream.of(true, false)
                                                .map(reset -> Arguments.of(io, sent, reset))));
    }

    @ParameterizedTest
    @MethodSource("departures")
    void makeRoomAtOnceWhenTheyLeaveAndAreNeverSent(String io, Sent sent, boolean reset) {
        restart(ONE + ".queueSize = 1\nhttp.io = \"" + io + "\"");
        AdmissionGateway.Running running = gate.run("x");
        Wire leaving = gate.connect();
        sent.send(leaving);
        gate.awaitQueued(1);
        long start = System.nanoTime();
        if (reset) {
            leaving.reset();
        } else {
            leaving.halfClose();
        }
        gate.awaitQueued(0);
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isLessThan(io.equals("nio") ? Await.PATIENCE : SOON);
        Wire next = gate.queue("next");
        running.finish();
        BackendExchange exchange = gate.next();
        assertThat(exchange.request().target()).isEqualTo("/api/next");
        exchange.ok("next");
        assertThat(next.answer().body()).isEqualTo("next");
        gate.expectOnePlace();
        assertThat(gate.backend().requests())
                .extracting(BackendRequest::target)
                .doesNotContain("/api/left");
    }

    @Test
    void areAskedForTheirBodiesWhenTheyAreLetIn() {
        AdmissionGateway.Running running = gate.run("x");
        Wire wire = gate.post("y", "Content-Length: 5\nExpect: 100-continue");
        gate.awaitQueued(1);
        wire.expectSilence(A_MOMENT);
        running.finish();
        wire.expectLines("HTTP/1.1 100 Continue\n\n");
        wire.send("hello");
        BackendExchange exchange = gate.next();
        assertThat(exchange.request().body()).isEqualTo("hello");
        exchange.ok("done");
        assertThat(wire.answer().body()).isEqualTo("done");
        gate.expectOnePlace();
    }

    @Test
    void areNotAskedForTheirBodiesWhenTheyAreRefused() {
        restart(ONE + ".queueSize = 0");
        gate.run("x");
        Wire wire = gate.post("y", "Content-Length: 5\nExpect: 100-continue");
        Answer answer = wire.answer();
        AdmissionGateway.expectBusy(answer);
        assertThat(answer.header("Connection")).isEqualTo("close");
        wire.expectEnd();
    }

    @Test
    void publishOnlyWhenTheyAreLetIn() {
        AdmissionGateway.Running running = gate.run("x");
        Wire wire =
                gate.connect()
                        .sendLines(
                                "POST /events/t HTTP/1.1\nHost: test\n"
                                        + AdmissionGateway.TOKEN
                                        + "\nContent-Length: 5\nExpect: 100-continue\n\n");
        gate.awaitQueued(1);
        wire.expectSilence(A_MOMENT);
        assertThat(gate.stats().getInt("published")).isZero();
        running.finish();
        wire.expectLines("HTTP/1.1 100 Continue\n\n");
        assertThat(wire.send("hello").answer().status()).isEqualTo(200);
        assertThat(gate.stats().getInt("published")).isEqualTo(1);
        gate.expectOnePlace();
    }

    @Test
    void keepASmallBodyThatCameWithThem() {
        AdmissionGateway.Running running = gate.run("x");
        Wire wire = gate.post("y", "Content-Length: 11").send("hello world");
        gate.awaitQueued(1);
        running.finish();
        BackendExchange exchange = gate.next();
        assertThat(exchange.request().rawBody()).isEqualTo("hello world");
        exchange.ok("done");
        assertThat(wire.answer().body()).isEqualTo("done");
        gate.expectOnePlace();
    }

    @Test
    void keepALongBodyInChunksAndThoseBehindThemInOrder() {
        AdmissionGateway.Running running = gate.run("x");
        StringBuilder body = new StringBuilder(MEGABYTE + 20);
        StringBuilder chunks = new StringBuilder(MEGABYTE + 10_000);
        for (int i = 0; body.length() < MEGABYTE; i++) {
            String piece = i + ":" + "x".repeat(i * 37 % 5000) + ";";
            body.append(piece);
            chunks.append(Integer.toHexString(piece.length())).append("\r\n");
            chunks.append(piece).append("\r\n");
        }
        Wire wire = gate.post("y", "Transfer-Encoding: chunked");
        String behind =
                (AdmissionGateway.getLines("z1") + AdmissionGateway.getLines("z2"))
                        .replace("\n", "\r\n");
        Thread.ofVirtual().start(() -> wire.send(chunks + "0\r\n\r\n" + behind));
        gate.awaitQueued(1);
        running.finish();
        BackendExchange exchange = gate.next();
        assertThat(exchange.request().body()).isEqualTo(body.toString());
        exchange.ok("y");
        assertThat(wire.answer().body()).isEqualTo("y");
        for (String target : new String[] {"z1", "z2"}) {
            BackendExchange next = gate.next();
            assertThat(next.request().target()).isEqualTo("/api/" + target);
            next.ok(target);
            assertThat(wire.answer().body()).isEqualTo(target);
        }
        gate.expectOnePlace();
    }

    @Test
    void areRefusedWithTheirBodiesUnreadAndNotByAReset() {
        restart(ONE + ".queueSize = 0");
        gate.run("x");
        Wire wire = gate.post("y", "Content-Length: 10000000");
        Answer answer = wire.answer();
        AdmissionGateway.expectBusy(answer);
        assertThat(answer.header("Connection")).isEqualTo("close");
        wire.send("x".repeat(30_000));
        wire.expectEnd();
        wire.send("x".repeat(30_000));
        assertThat(gate.backend().requests()).hasSize(1);
    }

    @Test
    void areRefusedForTheirTimeWithTheirBodiesUnreadAndNotByAReset() {
        restart(".maxLimit = 1\n.queueTimeout = 300");
        gate.run("x");
        Wire wire = gate.post("y", "Content-Length: 10000000").send("x".repeat(30_000));
        Answer answer = wire.answer();
        AdmissionGateway.expectBusy(answer);
        assertThat(answer.header("Connection")).isEqualTo("close");
        wire.expectEnd();
    }

    @Test
    void canAskAgainOverTheirConnectionAfterARefusal() {
        restart(ONE + ".queueSize = 0");
        AdmissionGateway.Running running = gate.run("x");
        Wire wire = gate.connect();
        for (int i = 0; i < 5; i++) {
            Answer answer = wire.sendLines(AdmissionGateway.getLines("y")).answer();
            AdmissionGateway.expectBusy(answer);
            assertThat(answer.header("Connection")).isNull();
        }
        running.finish();
        gate.awaitInFlight(0);
        wire.sendLines(AdmissionGateway.getLines("y"));
        gate.next().ok("at last");
        assertThat(wire.answer().body()).isEqualTo("at last");
        gate.run("z").finish();
    }

    @Test
    void leaveTheirBodiesInTheSockets() {
        gate.run("x");
        Wire wire = gate.post("y", "Content-Length: " + FLOOD);
        gate.awaitQueued(1);
        expectToStay(wire);
    }

    @Test
    void leaveTheirBodiesInTheSocketsAlsoWhileTheyWaitForTheBackend() {
        restart(
                ONE.replace("= 1", "= 2")
                        + """
                        http-destinations.backend.backend-connections-per-ip-port = 1
                        http-destinations.backend.queue-timeout = "60s"
                        """);
        AdmissionGateway.Running first = gate.run("first");
        AdmissionGateway.Running second =
                new AdmissionGateway.Running(gate.get("second"), first.exchange());
        gate.awaitInFlight(2);
        Wire wire = gate.post("y", "Content-Length: " + FLOOD);
        gate.awaitQueued(1);
        second.wire().reset();
        gate.awaitQueued(0);
        assertThat(gate.inFlight()).isEqualTo(2);
        expectToStay(wire);
    }

    @Test
    void goOnToPourWhenTheyAreLetIn() throws Exception {
        Backend backend =
                Backend.start(
                        Backend.Reading.BY_HAND,
                        (request, reply) -> {
                            if (request.method().equals("GET")) {
                                Await.until("all is in the sockets", () -> poured.get() > 0);
                                reply.sendLines(
                                        "HTTP/1.1 200 OK\nConnection: close\n"
                                                + "Content-Length: 4\n\ndone");
                            } else {
                                reply.input().skipNBytes(FLOOD);
                                reply.ok("drunk");
                            }
                            reply.close();
                        });
        gate.close();
        gate = AdmissionGateway.start(ONE, backend);
        Wire first = gate.get("x");
        gate.awaitInFlight(1);
        Wire wire = gate.post("y", "Content-Length: " + FLOOD);
        gate.awaitQueued(1);
        Thread pouring = Thread.ofVirtual().start(() -> pour(wire));
        assertThat(first.answer().body()).isEqualTo("done");
        pouring.join();
        assertThat(wire.answer().body()).isEqualTo("drunk");
    }

    /// Requires that a body without end is soon not read any more.
    private void expectToStay(Wire wire) {
        Thread.ofVirtual().start(() -> pour(wire));
        long last = -1;
        while (poured.get() != last || last == 0) {
            last = poured.get();
            LockSupport.parkNanos(STILL_NANOS);
        }
        assertThat(poured.get()).isLessThan(FLOOD / 8);
    }

    private void pour(Wire wire) {
        try {
            while (poured.get() < FLOOD) {
                wire.send(PIECE);
                poured.addAndGet(PIECE.length);
            }
        } catch (UncheckedIOException closed) {
            assertThat(poured.get()).isPositive();
        }
    }
}
