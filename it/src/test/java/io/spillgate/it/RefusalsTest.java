package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;

/// A refusal is an answer that can be read to its end, never a reset.
final class RefusalsTest {
    private static final String LARGE_UPLOAD =
            "POST /events/t HTTP/1.1\r\nHost: test\r\nContent-Length: 50000000\r\n\r\n";

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway =
                TestGateway.start(
                        """
                        hub.publish_tokens = ["open-sesame"]
                        [[routes]]
                        path = "/small"
                        proxy = "http://127.0.0.1:1"
                        max_body_size = "1KB"
                        """);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void canBeReadByAClientThatIsStillSendingItsBody() {
        try (Wire wire = gateway.connect()) {
            wire.send(LARGE_UPLOAD);
            for (int i = 0; i < 60; i++) {
                wire.send("x".repeat(1000));
            }
            assertThat(wire.answer().status()).isIn(401, 413);
            wire.expectEnd();
        }
    }

    /// As Python's requests does: it writes 30 MB before it reads.
    @ParameterizedTest
    @CsvSource({
        "POST, /events/t, 401",
        "PUT, /events/t, 405",
        "POST, /nowhere, 404",
        "POST, /small, 413"
    })
    void canBeReadByAClientThatReadsOnlyWhenItHasSentAll(String method, String path, int status) {
        try (Wire wire = gateway.connect()) {
            wire.sendLines(
                    method + " " + path + " HTTP/1.1\nHost: test\nContent-Length: 30000000\n\n");
            byte[] piece = new byte[100_000];
            for (int i = 0; i < 300; i++) {
                wire.send(piece);
            }
            Answer answer = wire.answer();
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.text()).isNotEmpty();
        }
    }

    @Test
    void canBeReadByAClientThatSentJunkAfterAMalformedRequest() {
        try (Wire wire = gateway.connect()) {
            wire.send("GET /  HTTP/1.1\r\n\r\n" + "junk".repeat(10_000));
            assertThat(wire.answer().status()).isEqualTo(400);
            wire.expectEnd();
        }
    }

    @Test
    void canBeReadByManyClientsAtOnce() {
        List<Wire> wires = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                wires.add(gateway.connect().send("BAD\r\n\r\n" + "junk".repeat(1000)));
            }
            for (Wire wire : wires) {
                assertThat(wire.answer().status()).isEqualTo(400);
                wire.expectEnd();
            }
        } finally {
            wires.forEach(Wire::close);
        }
    }

    @Test
    void letsGoOfAClientThatNeitherStopsNorCloses() {
        try (TestGateway hasty = TestGateway.start("server.lingerTimeout = 500");
                Wire wire = hasty.connect()) {
            wire.send("BAD\r\n\r\n");
            assertThat(wire.answer().status()).isEqualTo(400);
            wire.expectEnd();
            Await.until("the gateway takes no more bytes", () -> !wire.trySend("x"));
        }
    }

    @Test
    void saysWhyInItsBody() {
        try (Wire wire = gateway.connect()) {
            Answer answer = wire.send("GET /x HTTP/1.1\r\nA : b\r\n\r\n").answer();
            assertThat(answer.header("Content-Type")).startsWith("text/plain");
            assertThat(answer.text()).isNotBlank();
        }
    }
}
