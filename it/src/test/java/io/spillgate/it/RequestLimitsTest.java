package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `max_request_line_size`, `max_header_size`, `max_headers`, `limit_status`: exactly at the limit
/// and one beyond.
final class RequestLimitsTest {
    private static final String ROUTE =
            """

            [[routes]]
            path = "/*"
            reply = { body = "fits" }
            """;

    private static TestGateway defaults;
    private static TestGateway small;
    private static TestGateway rfc;

    @BeforeAll
    static void start() {
        String limits =
                """
                [http]
                max_request_line_size = 100
                max_header_size = 50
                max_headers = 5
                """;
        defaults = TestGateway.start(ROUTE);
        small = TestGateway.start(limits + ROUTE);
        rfc = TestGateway.start(limits + "limit_status = \"rfc\"\n" + ROUTE);
    }

    @AfterAll
    static void stop() {
        defaults.close();
        small.close();
        rfc.close();
    }

    @Test
    void takesARequestLineOfExactlyTheLimit() {
        expectFit(defaults, requestLine(8192) + "Host: test\r\n\r\n");
        expectFit(small, requestLine(100) + "Host: test\r\n\r\n");
    }

    @Test
    void refusesARequestLineOfOneByteMore() {
        expectTooLarge(defaults, requestLine(8193) + "Host: test\r\n\r\n");
        expectTooLarge(small, requestLine(101) + "Host: test\r\n\r\n");
        expectStatus(rfc, 414, requestLine(101) + "Host: test\r\n\r\n");
    }

    @Test
    void takesAHeaderLineOfExactlyTheLimit() {
        expectFit(defaults, requestLine(50) + "Host: test\r\n" + header(8192) + "\r\n");
        expectFit(small, requestLine(50) + "Host: test\r\n" + header(50) + "\r\n");
    }

    @Test
    void refusesAHeaderLineOfOneByteMore() {
        expectTooLarge(defaults, requestLine(50) + "Host: test\r\n" + header(8193) + "\r\n");
        expectTooLarge(small, requestLine(50) + "Host: test\r\n" + header(51) + "\r\n");
        expectStatus(rfc, 431, requestLine(50) + "Host: test\r\n" + header(51) + "\r\n");
    }

    @Test
    void countsTheBlanksOfAHeaderLine() {
        String line = "A:" + " ".repeat(47) + "b\r\n";
        expectFit(small, requestLine(50) + "Host: test\r\n" + line + "\r\n");
        expectTooLarge(small, requestLine(50) + "Host: test\r\n" + "A" + line + "\r\n");
    }

    @Test
    void limitsEachHeaderLineAndNotTheirSum() {
        expectFit(small, requestLine(50) + "Host: test\r\n" + header(50).repeat(4) + "\r\n");
        expectFit(defaults, requestLine(50) + "Host: test\r\n" + header(5000).repeat(2) + "\r\n");
    }

    @Test
    void takesAsManyHeadersAsTheLimitHostIncluded() {
        expectFit(defaults, requestLine(50) + "Host: test\r\n" + "A: b\r\n".repeat(99) + "\r\n");
        expectFit(small, requestLine(50) + "Host: test\r\n" + "A: b\r\n".repeat(4) + "\r\n");
    }

    @Test
    void refusesOneHeaderMore() {
        String six = requestLine(50) + "Host: test\r\n" + "A: b\r\n".repeat(5) + "\r\n";
        expectTooLarge(
                defaults, requestLine(50) + "Host: test\r\n" + "A: b\r\n".repeat(100) + "\r\n");
        expectTooLarge(small, six);
        expectStatus(rfc, 431, six);
    }

    @Test
    void takesUpTo64KiBOfHeadersTogether() {
        expectFit(defaults, requestLine(50) + "Host: test\r\n" + header(8000).repeat(8) + "\r\n");
    }

    @Test
    void refusesMoreThan64KiBOfHeadersTogether() {
        expectTooLarge(
                defaults, requestLine(50) + "Host: test\r\n" + header(8000).repeat(9) + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /", "GET / HTTP/1.1\r\nHost: test\r\nA: "})
    void refusesALineThatNeverEndsWithoutWaitingForItsEnd(String beginning) {
        try (Wire wire = defaults.connect()) {
            wire.send(beginning + "a".repeat(8300));
            assertThat(wire.answer().statusLine())
                    .isEqualTo("HTTP/1.1 413 Request Entity Too Large");
            wire.expectEnd();
        }
    }

    @Test
    void holdsTheLimitWhenTheRequestComesInPieces() {
        try (Wire wire = small.connect()) {
            for (char b :
                    (requestLine(100) + "Host: test\r\n" + header(50) + "\r\n").toCharArray()) {
                wire.send(String.valueOf(b));
            }
            assertThat(wire.answer().text()).isEqualTo("fits");
        }
    }

    @Test
    void countsAnewForEveryRequestOfAConnection() {
        String request = requestLine(100) + "Host: test\r\n" + header(50).repeat(4) + "\r\n";
        try (Wire wire = small.connect()) {
            wire.send(request.repeat(3));
            for (int i = 0; i < 3; i++) {
                assertThat(wire.answer().text()).isEqualTo("fits");
            }
        }
    }

    private static void expectFit(TestGateway gateway, String request) {
        try (Wire wire = gateway.connect()) {
            assertThat(wire.send(request).answer().text()).isEqualTo("fits");
        }
    }

    private static void expectTooLarge(TestGateway gateway, String request) {
        Answer answer = expectStatus(gateway, 413, request);
        assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 413 Request Entity Too Large");
    }

    private static Answer expectStatus(TestGateway gateway, int status, String request) {
        try (Wire wire = gateway.connect()) {
            Answer answer = wire.send(request).answer();
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
            wire.expectEnd();
            return answer;
        }
    }

    /// A request line of this many bytes without its CRLF.
    private static String requestLine(int bytes) {
        String frame = "GET / HTTP/1.1";
        return "GET /" + "a".repeat(bytes - frame.length()) + " HTTP/1.1\r\n";
    }

    /// A header line of this many bytes without its CRLF.
    private static String header(int bytes) {
        return "A: " + "b".repeat(bytes - 3) + "\r\n";
    }
}
