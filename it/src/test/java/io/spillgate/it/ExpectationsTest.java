package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;

/// `Expect: 100-continue` is answered after the request was let in, and not otherwise.
final class ExpectationsTest {
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("http.max_body_size = \"1KiB\"");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void asksForTheBodyAndThenAnswers() {
        try (Wire wire = gateway.connectAdmin()) {
            wire.sendLines(publish("Content-Length: 5\nExpect: 100-continue"));
            wire.expectLines("HTTP/1.1 100 Continue\n\n");
            assertThat(wire.send("hello").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void readsTheExpectationInAnyCase() {
        try (Wire wire = gateway.connectAdmin()) {
            wire.sendLines(publish("Transfer-Encoding: chunked\nExpect: 100-Continue"));
            wire.expectLines("HTTP/1.1 100 Continue\n\n");
            assertThat(wire.send("5\r\nhello\r\n0\r\n\r\n").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void asksForNoBodyThatItWillRefuseForItsSize() {
        try (Wire wire = gateway.connectAdmin()) {
            wire.sendLines(publish("Content-Length: 1025\nExpect: 100-continue"));
            assertThat(wire.answer().status()).isEqualTo(413);
            wire.expectEnd();
        }
    }

    @Test
    void asksForNoBodyFromOneWhoMayNotPublish() {
        try (Wire wire = gateway.connect()) {
            wire.sendLines(publish("Content-Length: 5\nExpect: 100-continue"));
            assertThat(wire.answer().status()).isEqualTo(403);
        }
    }

    @Test
    void asksForNoBodyWhereNobodyIsAtHome() {
        try (Wire wire = gateway.connect()) {
            wire.sendLines(
                    """
                    POST /nowhere HTTP/1.1
                    Host: test
                    Content-Length: 5
                    Expect: 100-continue

                    """);
            assertThat(wire.answer().status()).isEqualTo(404);
        }
    }

    @Test
    void isSilentTowardsHttp10() {
        try (Wire wire = gateway.connectAdmin()) {
            wire.sendLines("POST /events/t HTTP/1.0\nContent-Length: 5\nExpect: 100-continue\n\n");
            wire.expectSilence(Duration.ofMillis(200));
            assertThat(wire.send("hello").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void asksForNothingWhenTheBodyIsAlreadyThere() {
        try (Wire wire = gateway.connectAdmin()) {
            wire.sendLines(publish("Content-Length: 5\nExpect: 100-continue") + "hello");
            String first = wire.line();
            if (first.equals("HTTP/1.1 100 Continue")) {
                assertThat(wire.line()).isEmpty();
                first = wire.line();
            }
            assertThat(first).isEqualTo("HTTP/1.1 200 OK");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"200-ok", "100-continue, more", "miracles"})
    void cannotMeetAnyOtherExpectation(String expectation) {
        try (Wire wire = gateway.connectAdmin()) {
            wire.sendLines(publish("Content-Length: 5\nExpect: " + expectation));
            assertThat(wire.answer().statusLine()).isEqualTo("HTTP/1.1 417 Expectation Failed");
            wire.expectEnd();
        }
    }

    private static String publish(String headerLines) {
        return "POST /events/t HTTP/1.1\nHost: test\nContent-Type: text/plain\n"
                + headerLines
                + "\n\n";
    }
}
