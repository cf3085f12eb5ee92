package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Requests that are unusual but right, kept connections, and pipelining.
final class RequestsTest {
    private static final int LARGE = 256 * 1024;
    private static final int MANY = 200;

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway =
                TestGateway.start(
                        """
                        [[routes]]
                        path = "/a"
                        reply = { body = "first" }

                        [[routes]]
                        path = "/b"
                        reply = { status = 203, content_type = "text/x-b", body = "second" }

                        [[routes]]
                        path = "/under/*"
                        reply = { body = "under" }

                        [[routes]]
                        path = "/old"
                        reply = { status = 308, location = "/new?x=1", headers = { X-Own = "a, b" } }

                        [[routes]]
                        path = "/hosted"
                        host = "*.example.com"
                        reply = { body = "hosted" }
                        """);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void repliesWithTheConfiguredStatusTypeAndBody() {
        Answer answer = gateway.ask("GET /b HTTP/1.1\nHost: test\n\n");
        assertThat(answer.status()).isEqualTo(203);
        assertThat(answer.header("Content-Type")).isEqualTo("text/x-b");
        assertThat(answer.header("Content-Length")).isEqualTo("6");
        assertThat(answer.text()).isEqualTo("second");
    }

    @Test
    void sendsAClientElsewhere() {
        Answer answer = gateway.ask("GET /old HTTP/1.1\nHost: test\n\n");
        assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 308 Permanent Redirect");
        assertThat(answer.header("Location")).isEqualTo("/new?x=1");
        assertThat(answer.header("X-Own")).isEqualTo("a, b");
    }

    @Test
    void answersAHeadRequestWithTheSameLengthAndNoBody() {
        try (Wire wire = gateway.connect()) {
            Answer head = wire.sendLines("HEAD /a HTTP/1.1\nHost: test\n\n").head();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("Content-Length")).isEqualTo("5");
            wire.sendLines("GET /b HTTP/1.1\nHost: test\n\n");
            assertThat(wire.answer().text()).isEqualTo("second");
        }
    }

    @Test
    void knowsNoOtherPath() {
        Answer answer = gateway.ask("GET /c HTTP/1.1\nHost: test\n\n");
        assertThat(answer.status()).isEqualTo(404);
    }

    @Test
    void matchesAPrefix() {
        assertThat(gateway.ask("GET /under/x/y?q=1 HTTP/1.1\nHost: test\n\n").text())
                .isEqualTo("under");
    }

    @ParameterizedTest
    @CsvSource({
        "www.example.com, 200",
        "WWW.Example.COM:8080, 200",
        "example.org, 404",
    })
    void matchesTheHost(String host, int status) {
        assertThat(gateway.ask("GET /hosted HTTP/1.1\nHost: " + host + "\n\n").status())
                .isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    higher minor version        | GET /a HTTP/1.2\\nHost: test\\n\\n
                    absolute form               | GET http://test/a HTTP/1.1\\nHost: test\\n\\n
                    absolute form with a port   | GET http://test:80/a HTTP/1.1\\nHost: test:80\\n\\n
                    query                       | GET /a?b=c HTTP/1.1\\nHost: test\\n\\n
                    header without a value      | GET /a HTTP/1.1\\nHost: test\\nA:\\n\\n
                    blanks around a value       | GET /a HTTP/1.1\\nHost: \\t test \\nA: b\\n\\n
                    lower-case host             | GET /a HTTP/1.1\\nhost: test\\n\\n
                    host with a port            | GET /a HTTP/1.1\\nHost: test:8080\\n\\n
                    IPv6 host                   | GET /a HTTP/1.1\\nHost: [::1]:8080\\n\\n
                    empty line before           | \\nGET /a HTTP/1.1\\nHost: test\\n\\n
                    non-ASCII header value      | GET /a HTTP/1.1\\nHost: test\\nA: \u00e9\\n\\n
                    offer of another protocol   | GET /a HTTP/1.1\\nHost: test\\nConnection: upgrade\\nUpgrade: h2c\\n\\n
                    """)
    void answers(String what, String request) {
        assertThat(gateway.ask(request.replace("\\n", "\n").replace("\\t", "\t")).text())
                .isEqualTo("first");
    }

    @Test
    void keepsTheConnection() {
        try (Wire wire = gateway.connect()) {
            for (int i = 0; i < 3; i++) {
                wire.sendLines("GET /a HTTP/1.1\nHost: test\n\n");
                assertThat(wire.answer().text()).isEqualTo("first");
            }
        }
    }

    @Test
    void closesWhenAskedTo() {
        try (Wire wire = gateway.connect()) {
            wire.sendLines("GET /a HTTP/1.1\nHost: test\nConnection: close\n\n");
            assertThat(wire.answer().header("Connection")).isEqualTo("close");
            wire.expectEnd();
        }
    }

    @Test
    void closesAfterAnHttp10RequestThatNeedsNoHost() {
        try (Wire wire = gateway.connect()) {
            Answer answer = wire.sendLines("GET /a HTTP/1.0\n\n").answer();
            assertThat(answer.text()).isEqualTo("first");
            wire.expectEnd();
        }
    }

    @Test
    void keepsAnHttp10ConnectionThatAsksForIt() {
        try (Wire wire = gateway.connect()) {
            wire.sendLines("GET /a HTTP/1.0\nConnection: keep-alive\n\n");
            assertThat(wire.answer().header("Connection")).isEqualToIgnoringCase("keep-alive");
            wire.sendLines("GET /b HTTP/1.0\n\n");
            assertThat(wire.answer().text()).isEqualTo("second");
            wire.expectEnd();
        }
    }

    @Test
    void answersPipelinedRequestsInTheirOrder() {
        try (Wire wire = gateway.connect()) {
            String pair = "GET /a HTTP/1.1\nHost: test\n\nGET /b HTTP/1.1\nHost: test\n\n";
            wire.sendLines(pair.repeat(100));
            for (int i = 0; i < 100; i++) {
                assertThat(wire.answer().text()).isEqualTo("first");
                assertThat(wire.answer().text()).isEqualTo("second");
            }
        }
    }

    @Test
    void takesNoMoreRequestsOfAClientThatDoesNotReadTheAnswers() {
        String toml =
                "[[routes]]\npath = \"/large\"\nreply = { body = \"" + "x".repeat(LARGE) + "\" }\n";
        try (TestGateway large = TestGateway.start(toml);
                Wire wire = large.connect()) {
            wire.sendLines("GET /large HTTP/1.1\nHost: test\n\n".repeat(MANY));
            assertThat(wire.answer().text()).hasSize(LARGE);
            assertThat(large.metric("spillgate_requests_total{handler=\"reply\",status=\"200\"}"))
                    .isLessThan(MANY);
            for (int i = 1; i < MANY; i++) {
                assertThat(wire.answer().text()).hasSize(LARGE);
            }
        }
    }

    @Test
    void answersAllPipelinedRequestsOfAClientThatHalfCloses() {
        try (Wire wire = gateway.connect()) {
            wire.sendLines("GET /a HTTP/1.1\nHost: test\n\nGET /b HTTP/1.1\nHost: test\n\n");
            wire.halfClose();
            assertThat(wire.answer().text()).isEqualTo("first");
            assertThat(wire.answer().text()).isEqualTo("second");
            wire.expectEnd();
        }
    }

    @Test
    void doesNotTakeABodyForARequest() {
        try (Wire wire = gateway.connect()) {
            wire.sendLines(
                    """
                    GET /a HTTP/1.1
                    Host: test
                    Content-Length: 37

                    GET /b HTTP/1.1
                    Host: test
                    X: y

                    GET /a HTTP/1.1
                    Host: test
                    Connection: close

                    """);
            assertThat(wire.answer().text()).isEqualTo("first");
            assertThat(wire.rest()).doesNotContain("second");
        }
    }

    @Test
    void takesARequestThatComesByteByByte() {
        try (Wire wire = gateway.connect()) {
            for (char b : "GET /a HTTP/1.1\r\nHost: test\r\n\r\n".toCharArray()) {
                wire.send(String.valueOf(b));
            }
            assertThat(wire.answer().text()).isEqualTo("first");
        }
    }

    @Test
    void namesTheAllowedMethodsOfAStream() {
        Answer answer = gateway.ask("DELETE /events/t HTTP/1.1\nHost: test\n\n");
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("Allow")).contains("GET").contains("POST");
    }
}
