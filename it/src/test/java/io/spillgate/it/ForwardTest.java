package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;

/// The way of a request through the gateway to a backend whose bytes are written by hand.
final class ForwardTest {
    private static final String OK = "HTTP/1.1 200 OK\nContent-Length: 2\n\nok";

    @Test
    void passesOnARequestAndItsAnswer() throws IOException {
        try (RawBackend backend = new RawBackend();
                TestGateway gateway = gateway(backend, "")) {
            Wire client = gateway.connect();
            client.sendLines(
                    "GET /a?b=%20 HTTP/1.1\nHost: front\nX-A: 1\nConnection: close, x-b\n");
            client.sendLines("X-B: 2\n\n");
            Wire server = backend.accept();
            server.expectLines("GET /a?b=%20 HTTP/1.1\nHost: front\nX-A: 1\n");
            server.expectLines("X-Forwarded-For: 127.0.0.1\nX-Forwarded-Proto: http\n");
            server.expectLines("X-Forwarded-Host: front\nVia: 1.1 spillgate\n");
            server.head();
            server.sendLines("HTTP/1.1 299 Fine Enough\nContent-Length: 2\nX-C: 3\n");
            server.sendLines("Connection: X-D\nX-D: 4\nDate: then\n\nok");
            Answer answer = client.answer();
            assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 299 Fine Enough");
            assertThat(answer.body()).isEqualTo("ok");
            assertThat(answer.header("X-C")).isEqualTo("3");
            assertThat(answer.header("X-D")).isNull();
            assertThat(answer.header("Date")).isEqualTo("then");
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(answer.header("Access-Control-Allow-Origin")).isNull();
            client.expectEnd();
            gateway.awaitMetric("spillgate_requests_total{handler=\"proxy\",status=\"299\"}", 1);
        }
    }

    @Test
    void keepsBothConnectionsForTheNextRequest() throws IOException {
        try (RawBackend backend = new RawBackend();
                TestGateway gateway = gateway(backend, "");
                Wire client = gateway.connect()) {
            client.sendLines("GET /1 HTTP/1.1\nHost: a\n\n");
            Wire server = backend.accept();
            for (int i = 1; i <= 3; i++) {
                assertThat(server.head().statusLine()).isEqualTo("GET /" + i + " HTTP/1.1");
                server.sendLines(OK);
                assertThat(client.answer().body()).isEqualTo("ok");
                client.sendLines("GET /" + (i + 1) + " HTTP/1.1\nHost: a\n\n");
            }
        }
    }

    @Test
    void answers502AtOnceWhenNobodyListens() throws IOException {
        RawBackend gone = new RawBackend();
        try (gone) {
            assertThat(gone.port()).isPositive();
        }
        try (TestGateway gateway = gateway(gone, "")) {
            try (Wire client = gateway.connect()) {
                client.sendLines("GET /a HTTP/1.1\nHost: a\n\n");
                Answer answer = client.answer();
                assertThat(answer.status()).isEqualTo(502);
                assertThat(answer.body()).startsWith("connect_refused: ");
                client.sendLines("GET /__react_server_health__ HTTP/1.1\nHost: a\n\n");
                assertThat(client.answer().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void streamsTenMegabytesUpToABackendThatTakesItsTime() throws Exception {
        byte[] body = bytes(10_000_000);
        try (RawBackend backend = new RawBackend();
                TestGateway gateway = gateway(backend, "");
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Wire client = gateway.connect()) {
            client.sendLines("POST /up HTTP/1.1\nHost: a\nContent-Length: 10000000\n\n");
            CompletableFuture<Wire> sent =
                    CompletableFuture.supplyAsync(() -> client.send(body), threads);
            Wire server = backend.accept();
            assertThat(server.head().header("Content-Length")).isEqualTo("10000000");
            boolean equal = true;
            for (int at = 0; at < body.length; at += 1_000_000) {
                byte[] part = Arrays.copyOfRange(body, at, at + 1_000_000);
                equal &= server.take(part.length).equals(latin(part));
            }
            server.sendLines(OK);
            sent.get();
            assertThat(equal).isTrue();
            assertThat(client.answer().body()).isEqualTo("ok");
        }
    }

    @Test
    void stopsReadingABackendWhoseClientDoesNotRead() throws Exception {
        byte[] body = bytes(30_000_000);
        try (RawBackend backend = new RawBackend();
                TestGateway gateway = gateway(backend, "");
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Wire client = Wire.narrow(16_384, gateway.address())) {
            client.sendLines("GET /down HTTP/1.1\nHost: a\n\n");
            Wire server = backend.accept();
            server.head();
            server.sendLines("HTTP/1.1 200 OK\nContent-Length: 30000000\n\n");
            CompletableFuture<Wire> sent =
                    CompletableFuture.supplyAsync(() -> server.send(body), threads);
            client.head();
            assertThat(sent)
                    .failsWithin(Duration.ofSeconds(1))
                    .withThrowableThat()
                    .isInstanceOf(TimeoutException.class);
            assertThat(client.take(body.length)).isEqualTo(latin(body));
            sent.get();
        }
    }

    @Test
    void chunksAnAnswerWithoutALengthAndPassesItsTrailersOn() throws IOException {
        try (RawBackend backend = new RawBackend();
                TestGateway gateway = gateway(backend, "");
                Wire client = gateway.connect()) {
            client.sendLines("GET /a HTTP/1.1\nHost: a\n\n");
            Wire server = backend.accept();
            server.head();
            server.sendLines("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nabc\n");
            assertThat(client.head().header("Transfer-Encoding")).isEqualTo("chunked");
            client.expectLines("3\nabc\n");
            server.sendLines("0\nX-Sum: 6\nContent-Length: 7\n\n");
            client.expectLines("0\nX-Sum: 6\n\n");
        }
    }

    @Test
    void cutsTheClientWhenTheAnswerIsCut() throws IOException {
        try (RawBackend backend = new RawBackend();
                TestGateway gateway = gateway(backend, "");
                Wire client = gateway.connect();
                Wire old = gateway.connect()) {
            client.sendLines("GET /a HTTP/1.1\nHost: a\n\n");
            Wire server = backend.accept();
            server.head();
            server.sendLines("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nabc\n");
            client.head();
            client.expectLines("3\nabc\n");
            server.close();
            client.expectEnd();

            old.sendLines("GET /a HTTP/1.0\nHost: a\n\n");
            Wire second = backend.accept();
            second.head();
            second.sendLines("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nabc\n");
            assertThat(old.head().header("Connection")).isEqualTo("close");
            old.expect("abc");
            second.close();
            assertThat(old.endsByReset()).isTrue();
        }
    }

    @Test
    void tellsTheBackendOfAClientThatLeaves() throws IOException {
        try (RawBackend backend = new RawBackend();
                TestGateway gateway = gateway(backend, "")) {
            Wire waiting = gateway.connect();
            waiting.sendLines("GET /a HTTP/1.1\nHost: a\n\n");
            Wire server = backend.accept();
            server.head();
            waiting.close();
            assertThat(server.read()).isEqualTo(-1);
        }
    }

    @Test
    void forgetsAWaitingUploaderThatLeaves() throws IOException {
        String one = "backend-connections-per-ip-port = 1\n";
        try (RawBackend backend = new RawBackend();
                TestGateway gateway = gateway(backend, "", one);
                Wire first = gateway.connect();
                Wire second = gateway.connect()) {
            first.sendLines("GET /1 HTTP/1.1\nHost: a\n\n");
            Wire server = backend.accept();
            server.head();
            second.sendLines("POST /2 HTTP/1.1\nHost: a\nContent-Length: 900000\n\n");
            gateway.awaitMetric("spillgate_pool_queued{destination=\"back\"}", 1);
            second.send(bytes(100_000)).halfClose();
            gateway.awaitMetric("spillgate_pool_queued{destination=\"back\"}", 0);
            gateway.awaitMetric("spillgate_connections_active", 1);
            server.sendLines(OK);
            assertThat(first.answer().status()).isEqualTo(200);
            first.sendLines("GET /3 HTTP/1.1\nHost: a\n\n");
            assertThat(server.head().statusLine()).isEqualTo("GET /3 HTTP/1.1");
        }
    }

    @Test
    void cutsABackendThatDoesNotReadWhenItsUploaderIsReset() throws Exception {
        try (RawBackend backend = new RawBackend();
                TestGateway gateway = gateway(backend, "");
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Wire client = gateway.connect();
            client.sendLines("POST /a HTTP/1.1\nHost: a\nContent-Length: 99000000\n\n");
            CompletableFuture<Boolean> sending =
                    CompletableFuture.supplyAsync(
                            () -> client.trySend(latin(bytes(50_000_000))), threads);
            Wire server = backend.accept();
            server.head();
            assertThat(sending)
                    .failsWithin(Duration.ofSeconds(1))
                    .withThrowableThat()
                    .isInstanceOf(TimeoutException.class);
            client.reset();
            gateway.awaitMetric("spillgate_connections_active", 0);
            gateway.awaitMetric("spillgate_pool_in_flight{destination=\"back\"}", 0);
            server.close();
        }
    }

    @Test
    void answers413BeforeTheBackendHearsOfTheRequest() throws IOException {
        try (RawBackend backend = new RawBackend();
                TestGateway gateway = gateway(backend, "max_body_size = 4")) {
            Answer answer = gateway.ask("POST /a HTTP/1.1\nHost: a\nContent-Length: 5\n\n12345");
            assertThat(answer.status()).isEqualTo(413);
            assertThat(
                            gateway.ask(
                                            "POST /a HTTP/1.1\n"
                                                    + "Host: a\n"
                                                    + "Transfer-Encoding: chunked\n\n"
                                                    + "5\n"
                                                    + "12345\n"
                                                    + "0\n\n")
                                    .status())
                    .isEqualTo(413);
        }
    }

    @Test
    void asksForTheBodyWhenTheBackendIsThere() throws IOException {
        try (RawBackend backend = new RawBackend();
                TestGateway gateway = gateway(backend, "");
                Wire client = gateway.connect()) {
            client.sendLines("POST /a HTTP/1.1\nHost: a\nContent-Length: 4\n");
            client.sendLines("Expect: 100-continue\n\n");
            Wire server = backend.accept();
            assertThat(server.head().header("Expect")).isNull();
            client.expectLines("HTTP/1.1 100 Continue\n\n");
            client.send("body");
            server.expect("body").sendLines(OK);
            assertThat(client.answer().body()).isEqualTo("ok");
        }
    }

    @Test
    void relaysAnEarlyAnswerToAnUploadAndCloses() throws IOException {
        try (RawBackend backend = new RawBackend();
                TestGateway gateway = gateway(backend, "");
                Wire client = gateway.connect()) {
            client.sendLines("POST /a HTTP/1.1\nHost: a\nContent-Length: 4000\n\nbegin");
            Wire server = backend.accept();
            server.head();
            server.expect("begin").sendLines("HTTP/1.1 401 No\nContent-Length: 2\n\nno");
            Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.header("Connection")).isEqualTo("close");
            client.expectEnd();
            assertThat(server.read()).isEqualTo(-1);
        }
    }

    @Test
    void relaysEarlyHintsToThoseWhoKnowThem() throws IOException {
        try (RawBackend backend = new RawBackend();
                TestGateway gateway = gateway(backend, "");
                Wire client = gateway.connect();
                Wire old = gateway.connect()) {
            String hints = "HTTP/1.1 103 Early Hints\nLink: </a.css>\n\n";
            client.sendLines("GET /a HTTP/1.1\nHost: a\n\n");
            Wire server = backend.accept();
            server.head();
            server.sendLines(hints);
            client.expectLines(hints);
            server.sendLines(OK);
            assertThat(client.answer().status()).isEqualTo(200);

            old.sendLines("GET /a HTTP/1.0\nHost: a\n\n");
            server.head();
            server.sendLines(hints + OK);
            assertThat(old.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void tunnelsAWebSocketAndKeepsItAlive() throws IOException {
        String keepAlive = "[client.websocket]\nperiodic-keep-alive-max-idle = \"200ms\"\n";
        try (RawBackend backend = new RawBackend();
                TestGateway gateway = gateway(backend, "", keepAlive);
                Wire client = gateway.connect()) {
            client.sendLines("GET /chat HTTP/1.1\nHost: a\nConnection: Upgrade\n");
            client.sendLines("Upgrade: websocket\nSec-WebSocket-Key: k\n\n");
            Wire server = backend.accept();
            Answer asked = server.head();
            assertThat(asked.header("Upgrade")).isEqualTo("websocket");
            assertThat(asked.header("Sec-WebSocket-Key")).isEqualTo("k");
            server.sendLines("HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\n");
            server.sendLines("Connection: Upgrade\nSec-WebSocket-Accept: yes\n\n")
                    .send("\u0081\u0001S");
            Answer agreed = client.head();
            assertThat(agreed.status()).isEqualTo(101);
            assertThat(agreed.header("Sec-WebSocket-Accept")).isEqualTo("yes");
            client.expect("\u0081\u0001S").send("\u0081\u0081\0\0\0\0C");
            server.expect("\u0081\u0081\0\0\0\0C");
            server.expect("\u0089\u0088");
            byte[] mask = server.take(4).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            byte[] ping = server.take(8).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            for (int i = 0; i < ping.length; i++) {
                ping[i] ^= mask[i % 4];
            }
            server.send("\u008a\u0008" + latin(ping) + "\u008a\u0000");
            client.expect("\u008a\u0000");
            server.close();
            client.expectEnd();
        }
    }

    private static TestGateway gateway(RawBackend backend, String routeKeys) {
        return backend.gateway(routeKeys, "");
    }

    private static TestGateway gateway(RawBackend backend, String routeKeys, String more) {
        return backend.gateway(routeKeys, more);
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    }
}
