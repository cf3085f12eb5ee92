package io.spillgate.it.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Publisher;
import io.spillgate.it.harness.Upload;
import io.spillgate.it.harness.Wire;
import io.spillgate.it.proxy.BackendExchange;
import io.spillgate.it.proxy.Content;
import io.spillgate.it.stress.Fleet;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Every way in which a request can end gives its place back, once. There is only one place.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class WaysOutTest {
    private static final String ONE = ".maxLimit = 1\n.queueTimeout = 60000\n";
    private static final String CHUNKED = "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n";
    private static final Duration A_MOMENT = Duration.ofMillis(300);
    private static final int LARGE = 20_000_000;

    private AdmissionGateway gate;

    @BeforeEach
    void start() {
        gate = AdmissionGateway.start(ONE + "http-destinations.backend.max-retries = 0");
    }

    @AfterEach
    void stop() {
        gate.close();
    }

    private void restart(String more) {
        gate.close();
        gate = AdmissionGateway.start(ONE + more);
    }

    @Test
    void aWholeAnswer() {
        gate.run("x").finish();
        gate.expectOnePlace();
    }

    @Test
    void manyAnswersOverOneConnection() {
        Wire wire = gate.connect();
        for (int i = 0; i < 20; i++) {
            wire.sendLines(AdmissionGateway.getLines("x"));
            gate.next().ok("done");
            assertThat(wire.answer().body()).isEqualTo("done");
        }
        gate.expectOnePlace();
    }

    @Test
    void anAnswerInChunksWithItsLastOne() {
        AdmissionGateway.Running running = gate.run("x");
        running.exchange().sendLines(CHUNKED).sendChunk("hello");
        Content content = Content.of(running.wire(), running.wire().head());
        assertThat(content.take(5)).isEqualTo("hello");
        Wire waiting = gate.queue("waiting");
        running.exchange().sendChunk("world");
        assertThat(content.take(5)).isEqualTo("world");
        assertThat(gate.queued()).isEqualTo(1);
        running.exchange().send("0\r\n\r\n").done();
        content.expectEnd();
        gate.next().ok("waiting");
        assertThat(waiting.answer().body()).isEqualTo("waiting");
        gate.expectOnePlace();
    }

    @ParameterizedTest
    @ValueSource(strings = {"204 No Content", "304 Not Modified"})
    void anAnswerWithoutContent(String status) {
        AdmissionGateway.Running running = gate.run("x");
        running.exchange().sendLines("HTTP/1.1 " + status + "\n\n").done();
        running.wire().head();
        gate.expectOnePlace();
    }

    @Test
    void anAnswerToHead() {
        Wire wire = gate.connect().sendLines("HEAD /api/x HTTP/1.1\nHost: test\n\n");
        gate.next().sendLines("HTTP/1.1 200 OK\nContent-Length: 10\n\n").done();
        wire.head();
        gate.expectOnePlace();
    }

    @Test
    void anAnswerThatEndsWithItsConnection() {
        Wire wire = gate.connect().sendLines("GET /api/x HTTP/1.0\n\n");
        BackendExchange exchange = gate.next();
        exchange.sendLines("HTTP/1.1 200 OK\n\nhello");
        exchange.close();
        assertThat(wire.answer().body()).isEqualTo("hello");
        wire.expectEnd();
        gate.expectOnePlace();
    }

    @Test
    void anAnswerBeforeTheEndOfTheUpload() {
        Wire wire = gate.post("x", "Content-Length: 100000").send("only the beginning");
        BackendExchange exchange = gate.next();
        exchange.sendLines("HTTP/1.1 403 Forbidden\nContent-Length: 2\n\nno");
        assertThat(wire.answer().status()).isEqualTo(403);
        wire.expectEnd();
        gate.expectOnePlace();
    }

    @Test
    void aTruncatedAnswer() {
        AdmissionGateway.Running running = gate.run("x");
        running.exchange().sendLines("HTTP/1.1 200 OK\nContent-Length: 10\n\nhello").close();
        running.wire().head();
        assertThat(Content.untilGone(running.wire())).isEqualTo("hello");
        gate.expectOnePlace();
    }

    @Test
    void aBackendThatResetsBeforeItSpeaks() {
        AdmissionGateway.Running running = gate.run("x");
        running.exchange().reset();
        assertThat(running.wire().answer().status()).isEqualTo(502);
        gate.expectOnePlace();
    }

    @Test
    void aBackendThatIsNotThere() {
        gate.backend().refuse();
        assertThat(gate.get("x").answer().status()).isEqualTo(502);
        gate.backend().accept();
        gate.awaitBackend();
        gate.expectOnePlace();
    }

    @Test
    void aBackendThatTakesTooLong() {
        restart("http-destinations.backend.max-request-timeout = \"200ms\"");
        assertThat(gate.run("x").wire().answer().status()).isEqualTo(504);
        gate.expectEmpty();
        gate.reload(ONE);
        gate.expectOnePlace();
    }

    @Test
    void anUploadThatGrowsTooLarge() {
        Wire wire = gate.connect().sendLines("POST /small/x HTTP/1.1\nHost: test\n");
        wire.send("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
        gate.next();
        assertThat(gate.inFlight()).isEqualTo(1);
        wire.send("6\r\nworld!\r\n");
        assertThat(wire.answer().status()).isEqualTo(413);
        wire.expectEnd();
        gate.expectOnePlace();
    }

    @Test
    void anUploadThatMakesNoSense() {
        Wire wire = gate.post("x", "Transfer-Encoding: chunked").send("5\r\nhello\r\n");
        gate.next();
        wire.send("what?\r\n");
        assertThat(wire.answer().status()).isEqualTo(400);
        wire.expectEnd();
        gate.expectOnePlace();
    }

    @Test
    void anUploadThatTakesTooLong() {
        restart("server.requestTimeout = 400");
        Wire wire = gate.post("x", "Content-Length: 10").send("half");
        gate.next();
        assertThat(wire.answer().status()).isEqualTo(408);
        wire.expectEnd();
        gate.expectOnePlace();
    }

    @Test
    void aClientThatResetsInTheMiddleOfTheUpload() {
        Wire wire = gate.post("x", "Content-Length: 10").send("half");
        gate.next();
        wire.reset();
        gate.expectOnePlace();
    }

    @Test
    void aClientThatResetsWhileTheBackendThinks() {
        gate.run("x").wire().reset();
        gate.expectOnePlace();
    }

    @Test
    void aClientThatEndsItsDirectionWhileTheBackendThinks() {
        gate.run("x").wire().halfClose();
        gate.expectOnePlace();
    }

    @Test
    void aClientThatResetsInTheMiddleOfTheAnswer() {
        AdmissionGateway.Running running = gate.run("x");
        running.exchange().sendLines(CHUNKED).sendChunk("hello");
        assertThat(Content.of(running.wire(), running.wire().head()).take(5)).isEqualTo("hello");
        running.wire().reset();
        gate.expectOnePlace();
    }

    @Test
    void aClientThatReadsSlowlyWithTheLastByte() throws Exception {
        try (Wire wire = Wire.narrow(4096, gate.gateway().address());
                Fleet backend = new Fleet(Duration.ofSeconds(50))) {
            Wire waiting = stall(wire, backend);
            wire.head();
            assertThat(wire.take(LARGE)).hasSize(LARGE);
            gate.next().ok("waiting");
            assertThat(waiting.answer().body()).isEqualTo("waiting");
            backend.join();
        }
        gate.expectOnePlace();
    }

    @Test
    void aClientThatReadsNothingAndThenLeaves() throws Exception {
        try (Wire wire = Wire.narrow(4096, gate.gateway().address());
                Fleet backend = new Fleet(Duration.ofSeconds(50))) {
            Wire waiting = stall(wire, backend);
            wire.reset();
            gate.next().ok("waiting");
            assertThat(waiting.answer().body()).isEqualTo("waiting");
        }
        gate.expectOnePlace();
    }

    /// Has a client not read its long answer, and another one wait for that one's place.
    private Wire stall(Wire wire, Fleet backend) {
        wire.sendLines(AdmissionGateway.getLines("large"));
        BackendExchange exchange = gate.next();
        backend.start(() -> {
            exchange.ok("x".repeat(LARGE));
            return true;
        });
        Wire waiting = gate.queue("waiting");
        waiting.expectSilence(A_MOMENT);
        assertThat(gate.inFlight()).isEqualTo(1);
        assertThat(gate.queued()).isEqualTo(1);
        return waiting;
    }

    @Test
    void aPoolThatIsFull() {
        gate.close();
        gate =
                AdmissionGateway.start(
                        """
                        .maxLimit = 2
                        http-destinations.backend.backend-connections-per-ip-port = 1
                        http-destinations.backend.queue-size-for-503 = 0
                        """);
        AdmissionGateway.Running running = gate.run("x");
        Answer refused = gate.get("y").answer();
        assertThat(refused.statusLine()).isEqualTo("HTTP/1.1 503 Service Unavailable");
        assertThat(refused.header("Retry-After")).isEqualTo("1");
        gate.awaitInFlight(1);
        running.finish();
        gate.expectEmpty();
    }

    @Test
    void aPublication() {
        try (Publisher publisher = new Publisher(gate.connect())) {
            assertThat(
                            publisher
                                    .post("t", "text/plain\n" + AdmissionGateway.TOKEN, "hello")
                                    .status())
                    .isEqualTo(200);
        }
        gate.expectOnePlace();
    }

    @Test
    void anEndlessPublicationWithItsEnd() {
        Upload upload = Upload.open(gate.connect(), "t", AdmissionGateway.TOKEN);
        upload.send("data: one\n\n");
        gate.awaitInFlight(1);
        assertThat(upload.finish().status()).isEqualTo(200);
        gate.expectOnePlace();
    }

    @Test
    void aPublicationThatBreaksOff() {
        Upload upload = Upload.open(gate.connect(), "t", AdmissionGateway.TOKEN);
        upload.send("data: one\n\n");
        gate.awaitInFlight(1);
        upload.wire().reset();
        gate.expectOnePlace();
    }

    @Test
    void aPublicationThatIsNoEvent() {
        Upload upload = Upload.open(gate.connect(), "t", AdmissionGateway.TOKEN);
        gate.awaitInFlight(1);
        upload.send("retry: never\nid: \0\n\ndata: \377\n\n");
        upload.wire().reset();
        gate.expectOnePlace();
    }

    @Test
    void theEndOfTheGateway() throws Exception {
        AdmissionGateway.Running running = gate.run("x");
        Wire second = gate.queue("second");
        Wire third = gate.queue("third");
        gate.gateway().gateway().drain();
        assertThat(gate.queued()).isEqualTo(2);
        running.finish();
        gate.next().ok("second");
        Answer answer = second.answer();
        assertThat(answer.body()).isEqualTo("second");
        assertThat(answer.header("Connection")).isEqualTo("close");
        gate.next().ok("third");
        assertThat(third.answer().body()).isEqualTo("third");
        assertThat(gate.gateway().gateway().drained().get(10, TimeUnit.SECONDS)).isTrue();
    }
}
