package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;

/// A backend that says more than it was asked: nobody gets what was meant for somebody else, or for
/// nobody.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SurplusAnswersTest {
    private static final String EVIL = "HTTP/1.1 200 OK\nContent-Length: 4\n\nevil";
    private static final int SMALL_BUFFER = 4096;

    private RawBackend backend;
    private TestGateway gateway;

    @BeforeEach
    void start() throws IOException {
        backend = new RawBackend(SMALL_BUFFER);
    }

    @AfterEach
    void stop() {
        gateway.close();
        backend.close();
    }

    /// The connection is free for the second request at the end of the first answer, with the
    /// surplus still in the socket where one read took no more than the answer.
    @ParameterizedTest
    @CsvSource({
        "1, 64",
        "1, 512",
        "1, 1024",
        "1, 2048",
        "1, 4096",
        "1, 8192",
        "1, 16384",
        "1, 65536",
        "4, 64",
        "4, 2048",
        "4, 4096",
        "4, 8192",
    })
    void inOneWriteWhileAnotherRequestWaits(int depth, int answerBytes) throws IOException {
        start(depth, 1);
        try (Wire first = ask("GET /first");
                Wire server = backend.accept()) {
            expectRequest(server, "GET /first");
            Wire second = askWhileBusy("POST /second");
            server.send(padded(answerBytes) + EVIL.replace("\n", "\r\n"));
            assertThat(first.answer().status()).isEqualTo(200);
            expectOwnAnswerOnANewConnection(second, "POST /second");
            expectEnd(server);
        }
    }

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void inOneWriteOnEveryTransport(String io) throws IOException {
        start(1, 1, io);
        for (int i = 0; i < 20; i++) {
            try (Wire first = ask("GET /first");
                    Wire server = backend.accept()) {
                expectRequest(server, "GET /first");
                Wire second = askWhileBusy("POST /second");
                server.send(padded(4096 << (i % 4)) + EVIL.replace("\n", "\r\n"));
                assertThat(first.answer().status()).isEqualTo(200);
                expectOwnAnswerOnANewConnection(second, "POST /second");
                expectEnd(server);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 2", "4, 1", "4, 2"})
    void inASecondWriteBeforeTheNextRequestIsSent(int depth, int loops) throws IOException {
        start(depth, loops);
        for (int i = 0; i < 20; i++) {
            try (Wire first = ask("GET /first");
                    Wire server = backend.accept()) {
                expectRequest(server, "GET /first");
                server.sendLines("HTTP/1.1 200 OK\nContent-Length: 5\n\nfirst");
                assertThat(first.answer().body()).isEqualTo("first");
                server.sendLines(EVIL);
                Wire second = ask("GET /second");
                expectOwnAnswerOnANewConnection(second, "GET /second");
                expectEnd(server);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "\0"})
    void whateverItIs(String surplus) throws IOException {
        start(1, 1);
        try (Wire first = ask("GET /first");
                Wire server = backend.accept()) {
            expectRequest(server, "GET /first");
            Wire second = askWhileBusy("POST /second");
            server.send(padded(4096) + surplus);
            assertThat(first.answer().status()).isEqualTo(200);
            expectOwnAnswerOnANewConnection(second, "POST /second");
            expectEnd(server);
        }
    }

    /// The second request is on the same connection, but has not all left yet.
    @Test
    void thatComesBeforeItsRequestHasLeft() throws IOException {
        start(4, 1);
        try (Wire first = ask("GET /first");
                Wire server = backend.accept()) {
            expectRequest(server, "GET /first");
            String lines = ("A: " + "x".repeat(7000) + "\n").repeat(8);
            Wire second =
                    gateway.connect()
                            .sendLines("GET /second HTTP/1.1\nHost: test\n" + lines + "\n");
            server.expectLines("GET /second HTTP/1.1\n");
            server.sendLines("HTTP/1.1 200 OK\nContent-Length: 5\n\nfirst" + EVIL);
            assertThat(first.answer().body()).isEqualTo("first");
            expectOwnAnswerOnANewConnection(second, "GET /second");
        }
    }

    /// Its answer is passed on, and what is left of the upload goes nowhere.
    @Test
    void thatComesBeforeAnUploadHasLeftEndsTheConnection() throws IOException {
        start(1, 1);
        try (Wire first = gateway.connect()) {
            first.sendLines("POST /first HTTP/1.1\nHost: test\nContent-Length: 200000\n\n");
            Wire server = backend.accept();
            expectRequest(server, "POST /first");
            server.sendLines("HTTP/1.1 413 Content Too Large\nContent-Length: 0\n\n");
            assertThat(first.head().status()).isEqualTo(413);
            expectOwnAnswerOnANewConnection(ask("GET /second"), "GET /second");
            server.close();
        }
    }

    private void start(int depth, int loops) {
        start(depth, loops, "auto");
    }

    private void start(int depth, int loops, String io) {
        gateway =
                backend.gateway(
                        "",
                        """
                        backend-connections-per-ip-port = 1
                        in-flight-requests-per-backend-connection = %d
                        safe-pipeline-timeout = "1 min"
                        client.socket-options.so-send-buffer-size = %d
                        [http]
                        thread_pool_size = %d
                        io = "%s"
                        """
                                .formatted(depth, SMALL_BUFFER, loops, io));
    }

    private Wire ask(String line) {
        String length = line.startsWith("POST") ? "Content-Length: 0\n" : "";
        return gateway.connect().sendLines(line + " HTTP/1.1\nHost: test\n" + length + "\n");
    }

    /// Returns when it waits in line.
    private Wire askWhileBusy(String line) {
        Wire wire = ask(line);
        gateway.awaitMetric("spillgate_pool_queued{destination=\"back\"}", 1);
        return wire;
    }

    private void expectOwnAnswerOnANewConnection(Wire client, String line) throws IOException {
        try (client;
                Wire server = backend.accept()) {
            expectRequest(server, line);
            server.sendLines("HTTP/1.1 200 OK\nConnection: close\nContent-Length: 4\n\nmine");
            assertThat(client.answer().body()).isEqualTo("mine");
        }
    }

    private static void expectRequest(Wire server, String line) {
        assertThat(server.head().statusLine()).isEqualTo(line + " HTTP/1.1");
    }

    /// The gateway ends the connection, and nothing was sent on it after the first request.
    private static void expectEnd(Wire server) {
        try {
            server.expectEnd();
        } catch (AssertionError e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    /// An answer of exactly this many bytes.
    private static String padded(int bytes) {
        String head = "HTTP/1.1 200 OK\r\nContent-Length: ";
        int length = bytes - head.length() - 4;
        while ((head + length + "\r\n\r\n").length() + length > bytes) {
            length--;
        }
        return head + length + "\r\n\r\n" + "a".repeat(length);
    }
}
