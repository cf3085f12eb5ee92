package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Where forwarding ends: limits, clocks, drain, reload.
final class ForwardLimitsTest {
    private static final String OK = "HTTP/1.1 200 OK\nContent-Length: 2\n\nok";

    @ParameterizedTest
    @ValueSource(strings = {"5\n12345\n", "3\n123\nz\n"})
    void cutsTheBackendSoThatItNeverSeesACompleteRequest(String more) throws IOException {
        try (RawBackend backend = new RawBackend();
                TestGateway gateway = backend.gateway("max_body_size = 6", "");
                Wire client = gateway.connect()) {
            client.sendLines("POST /a HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n2\n12\n");
            Wire server = backend.accept();
            server.head();
            server.expectLines("2\n12\n");
            client.sendLines(more);
            int expected = more.contains("z") ? 400 : 413;
            assertThat(client.answer().status()).isEqualTo(expected);
            assertThat(untilTheEnd(server)).doesNotContain("0\r\n\r\n");
            gateway.awaitMetric("spillgate_pool_in_flight{destination=\"back\"}", 0);
        }
    }

    @Test
    void doesNotCountTheTimeInTheQueueAsTheClients() throws Exception {
        String keys = "backend-connections-per-ip-port = 1\n[server]\nrequestTimeout = 400\n";
        try (RawBackend backend = new RawBackend();
                TestGateway gateway = backend.gateway("", keys);
                Wire first = gateway.connect();
                Wire second = gateway.connect()) {
            first.sendLines("GET /1 HTTP/1.1\nHost: a\n\n");
            Wire server = backend.accept();
            server.head();
            second.sendLines("POST /2 HTTP/1.1\nHost: a\nContent-Length: 100000\n\n");
            second.expectSilence(Duration.ofSeconds(1));
            server.sendLines(OK);
            server.head();
            second.send("x".repeat(100_000));
            server.expect("x".repeat(100_000)).sendLines(OK);
            assertThat(second.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void answers408ToAnUploaderThatFallsSilentAndCutsTheBackend() throws IOException {
        try (RawBackend backend = new RawBackend();
                TestGateway gateway = backend.gateway("", "[server]\nrequestTimeout = 400\n");
                Wire client = gateway.connect()) {
            client.sendLines("POST /a HTTP/1.1\nHost: a\nContent-Length: 10\n\n12345");
            Wire server = backend.accept();
            server.head();
            server.expect("12345");
            assertThat(client.answer().status()).isEqualTo(408);
            server.endsByReset();
            gateway.awaitMetric("spillgate_pool_in_flight{destination=\"back\"}", 0);
        }
    }

    @Test
    void closesAClientThatTakesNothing() throws Exception {
        String times = "[http]\nconnection_timeout_sec = 1\n";
        try (RawBackend backend = new RawBackend();
                TestGateway gateway = backend.gateway("", times);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Wire client = Wire.narrow(16_384, gateway.address())) {
            client.sendLines("GET /a HTTP/1.1\nHost: a\n\n");
            Wire server = backend.accept();
            server.head();
            server.sendLines("HTTP/1.1 200 OK\nContent-Length: 30000000\n\n");
            var _ =
                    CompletableFuture.supplyAsync(
                            () -> server.trySend("x".repeat(30_000_000)), threads);
            gateway.awaitMetric("spillgate_connections_active", 0);
            gateway.awaitMetric("spillgate_pool_in_flight{destination=\"back\"}", 0);
            assertThat(client.head().status()).isEqualTo(200);
            assertThatThrownBy(() -> client.take(30_000_000)).isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void finishesAnAnswerDuringADrain() throws Exception {
        try (RawBackend backend = new RawBackend();
                TestGateway gateway = backend.gateway("", "");
                Wire client = gateway.connect()) {
            client.sendLines("GET /a HTTP/1.1\nHost: a\n\n");
            Wire server = backend.accept();
            server.head();
            gateway.gateway().drain();
            server.sendLines(OK);
            Answer answer = client.answer();
            assertThat(answer.body()).isEqualTo("ok");
            assertThat(answer.header("Connection")).isEqualTo("close");
            client.expectEnd();
            assertThat(gateway.gateway().drained().get()).isTrue();
        }
    }

    @Test
    void usesAChangedDestinationForTheNextRequestOfAKeptConnection() throws Exception {
        try (RawBackend before = new RawBackend();
                RawBackend after = new RawBackend();
                TestGateway gateway = before.gateway("", "");
                Wire client = gateway.connect()) {
            client.sendLines("GET /1 HTTP/1.1\nHost: a\n\n");
            Wire old = before.accept();
            old.head();
            gateway.gateway().apply(TestGateway.config(after.config("strip_prefix = true", "")));
            old.sendLines(OK);
            assertThat(client.answer().status()).isEqualTo(200);
            client.sendLines("GET /2 HTTP/1.1\nHost: a\n\n");
            Wire next = after.accept();
            assertThat(next.head().statusLine()).isEqualTo("GET /2 HTTP/1.1");
            next.sendLines(OK);
            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(old.read()).isEqualTo(-1);
        }
    }

    @Test
    void refusesATlsFileThatCannotBeRead() throws Exception {
        String bad = "tls = true\n[client.tls]\ntrust-file = \"/nowhere/ca.pem\"\n";
        try (RawBackend backend = new RawBackend();
                TestGateway gateway = backend.gateway("", "")) {
            assertThatThrownBy(() -> TestGateway.start(backend.config("", bad)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("/nowhere/ca.pem");
            try (Wire client = gateway.connect()) {
                client.sendLines("GET /1 HTTP/1.1\nHost: a\n\n");
                Wire server = backend.accept();
                server.head();
                server.sendLines(OK);
                assertThat(client.answer().status()).isEqualTo(200);
            }
        }
    }

    /// What came until a FIN or a reset.
    private static String untilTheEnd(Wire wire) {
        try {
            return wire.rest();
        } catch (AssertionError reset) {
            return String.valueOf(reset.getMessage());
        }
    }
}
