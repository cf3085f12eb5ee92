package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/// `max_connections`: exactly this many are held.
final class ConnectionCapTest {
    private static final String HEALTH = "GET /health HTTP/1.1\nHost: test\n\n";

    private final List<Wire> held = new ArrayList<>();
    private TestGateway gateway;

    @BeforeEach
    void start() {
        gateway = TestGateway.start("http.max_connections = 3");
    }

    @AfterEach
    void stop() {
        held.forEach(Wire::close);
        gateway.close();
    }

    @Test
    void holdsExactlyAsManyAsConfigured() {
        for (int i = 0; i < 3; i++) {
            assertThat(hold().answer().status()).isEqualTo(200);
        }
        try (Wire refused = gateway.connect()) {
            Answer answer = refused.sendLines(HEALTH).answer();
            assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 503 Service Unavailable");
            assertThat(answer.header("Retry-After")).isEqualTo("10");
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
            refused.expectEnd();
        }
    }

    @Test
    void tellsAnEventStreamInItsOwnFormat() {
        fill();
        try (Wire refused = gateway.connect()) {
            Answer answer =
                    refused.sendLines(
                                    """
                                    GET /events/t HTTP/1.1
                                    Host: test
                                    Accept: text/event-stream

                                    """)
                            .answer();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Content-Type")).isEqualTo("text/event-stream");
            assertThat(answer.text()).isEqualTo("data: {\"error\":\"server_at_capacity\"}\n\n");
            refused.expectEnd();
        }
    }

    @Test
    void tellsOthersInPlainText() {
        fill();
        try (Wire refused = gateway.connect()) {
            Answer answer = refused.sendLines(HEALTH).answer();
            assertThat(answer.header("Content-Type")).startsWith("text/plain");
            assertThat(answer.text()).isNotBlank().doesNotContain("data:");
        }
    }

    @Test
    void answersAllThatAreRefusedAtOnce() {
        fill();
        List<Wire> refused = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            refused.add(gateway.connect().sendLines(HEALTH));
        }
        for (Wire wire : refused) {
            assertThat(wire.answer().status()).isEqualTo(503);
            wire.expectEnd();
            wire.close();
        }
        assertThat(held.getFirst().sendLines(HEALTH).answer().status()).isEqualTo(200);
    }

    @Test
    void admitsTheNextOneAfterOneHasLeftAndOnlyThatOne() {
        fill();
        held.getFirst().close();
        Await.until("a connection is admitted", () -> hold().answer().status() == 200);
        assertThat(gateway.ask(HEALTH).status()).isEqualTo(503);
    }

    @Test
    void admitsTheNextOneAfterOneHasReset() {
        fill();
        held.getFirst().reset();
        Await.until("a connection is admitted", () -> gateway.ask(HEALTH).status() == 200);
    }

    @Test
    void aRefusedOneTakesNoPlace() {
        fill();
        try (Wire refused = gateway.connect()) {
            assertThat(refused.sendLines(HEALTH).answer().status()).isEqualTo(503);
            held.getFirst().close();
            Await.until("a connection is admitted", () -> gateway.ask(HEALTH).status() == 200);
        }
    }

    @Test
    void countsOpenStreams() {
        for (int i = 0; i < 3; i++) {
            Wire wire = gateway.connect();
            held.add(wire);
            EventStream.open(wire, "/events/t");
        }
        assertThat(gateway.ask(HEALTH).status()).isEqualTo(503);
    }

    @Test
    void doesNotCountTheAdminListener() {
        fill();
        assertThat(gateway.askAdmin(HEALTH).text()).isEqualTo("ok");
        assertThat(gateway.metric("spillgate_connections_active")).isEqualTo(3);
    }

    @Test
    void countsWhatItRefused() {
        fill();
        gateway.ask(HEALTH);
        gateway.ask(HEALTH);
        assertThat(gateway.metric("spillgate_connections_rejected_total")).isEqualTo(2);
    }

    private void fill() {
        for (int i = 0; i < 3; i++) {
            assertThat(hold().answer().status()).isEqualTo(200);
        }
    }

    private Wire hold() {
        Wire wire = gateway.connect().sendLines(HEALTH);
        held.add(wire);
        return wire;
    }
}
