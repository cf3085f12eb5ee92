package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which headers of an answer a client gets.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class AnswerHeadersTest {
    private static final String ORIGIN = "Access-Control-Allow-Origin";

    private volatile String lines = "";
    private ProxyGateway gateway = start("");

    private ProxyGateway start(String settings) {
        return ProxyGateway.start(
                Backend.start((request, reply) ->
                        reply.sendLines("HTTP/1.1 200 OK\nContent-Length: 2\n" + lines + "\n\nhi")),
                settings);
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void keepsEndToEndHeadersInTheirOrder() {
        Answer answer = answered("Set-Cookie: a=1\nX-A: b\nSet-Cookie: b=2\nServer: this one");
        assertThat(answer.values("Set-Cookie")).containsExactly("a=1", "b=2");
        assertThat(answer.header("X-A")).isEqualTo("b");
        assertThat(answer.header("Server")).isEqualTo("this one");
        assertThat(answer.header("Content-Length")).isEqualTo("2");
        assertThat(answer.body()).isEqualTo("hi");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Keep-Alive: timeout=5",
                "Proxy-Connection: keep-alive",
                "Trailer: X-Sum",
                "Upgrade: h2c",
                "TE: trailers",
            })
    void removesWhatIsMeantForTheNextHopOnly(String header) {
        Answer answer = answered(header);
        assertThat(answer.values(header.substring(0, header.indexOf(':')))).isEmpty();
    }

    @Test
    void removesWhatConnectionNames() {
        Answer answer = answered("Connection: X-Own, content-length\nX-Own: 1\nX-Other: 2");
        assertThat(answer.header("X-Own")).isNull();
        assertThat(answer.header("X-Other")).isEqualTo("2");
        assertThat(answer.header("Content-Length")).isEqualTo("2");
        assertThat(String.valueOf(answer.header("Connection"))).doesNotContainIgnoringCase("own");
    }

    @Test
    void doesNotCloseTheClientsConnectionBecauseTheBackendClosesIts() {
        lines = "Connection: close";
        try (Wire wire = gateway.connect()) {
            for (int i = 0; i < 2; i++) {
                wire.sendLines("GET /a HTTP/1.1\nHost: test\n\n");
                assertThat(wire.answer().header("Connection")).isNotEqualToIgnoringCase("close");
            }
        }
    }

    @Test
    void closesTheClientsConnectionWhenTheClientAsksForIt() {
        try (Wire wire = gateway.connect()) {
            wire.sendLines("GET /a HTTP/1.1\nHost: test\nConnection: close\n\n");
            assertThat(wire.answer().header("Connection")).isEqualToIgnoringCase("close");
            wire.expectEnd();
        }
    }

    @Test
    void passesOnAChallenge() {
        assertThat(answered("Proxy-Authenticate: Basic").header("Proxy-Authenticate"))
                .isEqualTo("Basic");
    }

    @Test
    void keepsTheDateOfTheBackend() {
        String date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assertThat(answered("Date: " + date).header("Date")).isEqualTo(date);
    }

    @Test
    void hasADateWhenTheBackendSentNone() {
        assertThat(answered("A: b").header("Date")).isNotNull();
    }

    @Test
    void saysNothingAboutOriginsForABackend() {
        Answer answer = answered("A: b");
        assertThat(answer.header(ORIGIN)).isNull();
        assertThat(answer.header("Access-Control-Allow-Methods")).isNull();
    }

    @Test
    void leavesOriginsToTheBackendThatSaysSomethingAboutThem() {
        Answer answer = answered("access-control-allow-origin: https://a.example");
        assertThat(answer.header(ORIGIN)).isEqualTo("https://a.example");
        assertThat(answer.header("Access-Control-Allow-Methods")).isNull();
    }

    @Test
    void lettersOfAnyLanguagePass() {
        assertThat(answered("X-Name: J\u00f6rg").header("X-Name")).isEqualTo("J\u00f6rg");
    }

    private Answer answered(String headerLines) {
        lines = headerLines;
        Answer answer = gateway.get("/a");
        assertThat(answer.status()).isEqualTo(200);
        return answer;
    }
}
