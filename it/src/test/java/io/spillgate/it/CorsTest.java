package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `cors_allowed_origins` and `cors_allowed_headers`.
final class CorsTest {
    private TestGateway gateway;

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void letsEveryOriginReadAStream() {
        gateway = TestGateway.start("");
        try (EventStream stream = gateway.subscribe("/events/t")) {
            expectGrant(stream.head(), "*");
            assertThat(stream.head().header("Vary")).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /nowhere HTTP/1.1\nHost: test\n\n",
                "GET /events/t HTTP/1.1\nHost: test\nAccept: text/plain\n\n",
                "GET /events/%00 HTTP/1.1\nHost: test\n\n",
                "POST /events/t HTTP/1.1\nHost: test\nContent-Length: 0\n\n",
                "DELETE /events/t HTTP/1.1\nHost: test\n\n",
                "GET / HTTP/9.9\nHost: test\n\n",
            })
    void letsEveryOriginReadARefusal(String request) {
        gateway = TestGateway.start("");
        Answer answer = gateway.ask(request);
        assertThat(answer.status()).isGreaterThanOrEqualTo(400);
        expectGrant(answer, "*");
    }

    @Test
    void namesTheOneOriginToEveryone() {
        gateway = TestGateway.start("http.cors_allowed_origins = \"https://app.example.com\"");
        try (EventStream stream = gateway.subscribe("/events/t");
                EventStream other =
                        gateway.subscribe("/events/t", "Origin: https://evil.example.com")) {
            expectGrant(stream.head(), "https://app.example.com");
            expectGrant(other.head(), "https://app.example.com");
        }
    }

    @Test
    void namesTheOneOriginInARefusalOfTheParser() {
        gateway = TestGateway.start("http.cors_allowed_origins = \"https://app.example.com\"");
        Answer answer = gateway.ask("GET  / HTTP/1.1\n\n");
        expectGrant(answer, "https://app.example.com");
    }

    @Test
    void echoesAnOriginOfTheList() {
        gateway =
                TestGateway.start(
                        "http.cors_allowed_origins = [\"https://a.example\","
                                + " \"https://b.example\"]");
        try (EventStream stream = gateway.subscribe("/events/t", "Origin: https://b.example")) {
            expectGrant(stream.head(), "https://b.example");
            assertThat(stream.head().header("Vary")).isEqualTo("Origin");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Origin: https://c.example", "Origin: null", "A: b"})
    void grantsNothingToAnOriginThatIsNotInTheList(String header) {
        gateway =
                TestGateway.start(
                        "http.cors_allowed_origins = [\"https://a.example\","
                                + " \"https://b.example\"]");
        try (EventStream stream = gateway.subscribe("/events/t", header)) {
            assertThat(stream.head().header("Access-Control-Allow-Origin")).isNull();
            assertThat(stream.head().header("Vary")).isEqualTo("Origin");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/events/t", "/nowhere"})
    void answersAPreflightWhereverItGoes(String path) {
        gateway = TestGateway.start("");
        try (Wire wire = gateway.connect()) {
            Answer answer = wire.sendLines(preflight(path)).answer();
            assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 204 No Content");
            expectGrant(answer, "*");
            assertThat(answer.header("Content-Length")).isNull();
            assertThat(answer.header("Transfer-Encoding")).isNull();
            assertThat(wire.sendLines(preflight(path)).answer().status()).isEqualTo(204);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OPTIONS /nowhere HTTP/1.1\nHost: test\n\n",
                "OPTIONS /nowhere HTTP/1.1\nHost: test\nOrigin: https://a.example\n\n",
                "OPTIONS /nowhere HTTP/1.1\nHost: test\nAccess-Control-Request-Method: GET\n\n",
            })
    void routesAnyOtherOptions(String request) {
        gateway = TestGateway.start("");
        assertThat(gateway.ask(request).status()).isEqualTo(404);
    }

    @Test
    void allowsFurtherHeaders() {
        gateway =
                TestGateway.start("http.cors_allowed_headers = [\"Last-Event-ID\", \"X-Client\"]");
        assertThat(gateway.ask(preflight("/events/t")).header("Access-Control-Allow-Headers"))
                .isEqualTo("Authorization, Content-Type, Last-Event-ID, Cache-Control, X-Client");
    }

    private static void expectGrant(Answer answer, String origin) {
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo(origin);
        assertThat(answer.header("Access-Control-Allow-Methods")).isEqualTo("GET, OPTIONS");
        assertThat(answer.header("Access-Control-Allow-Headers"))
                .isEqualTo("Authorization, Content-Type, Last-Event-ID, Cache-Control");
    }

    private static String preflight(String path) {
        return """
        OPTIONS %s HTTP/1.1
        Host: test
        Origin: https://a.example
        Access-Control-Request-Method: GET
        Access-Control-Request-Headers: authorization

        """
                .formatted(path);
    }
}
