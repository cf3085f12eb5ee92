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

/// Requests that break RFC 9112: each is answered, and its connection is ended readably.
final class MalformedRequestsTest {
    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway =
                TestGateway.start(
                        """
                        [[routes]]
                        path = "/hello"
                        reply = { body = "hello" }
                        """);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    no version                     | GET /hello
                    lower-case protocol            | GET /hello http/1.1
                    junk after the version         | GET /hello HTTP/1.1x
                    version without a minor number | GET /hello HTTP/1
                    two spaces before the target   | GET  /hello HTTP/1.1
                    two spaces after the target    | GET /hello  HTTP/1.1
                    space inside the target        | GET /hel lo HTTP/1.1
                    tab after the method           | GET\\t/hello HTTP/1.1
                    tab after the target           | GET /hello\\tHTTP/1.1
                    vertical tab as a separator    | GET\\v/hello HTTP/1.1
                    form feed as a separator       | GET /hello\\fHTTP/1.1
                    CR as a separator              | GET\\r/hello HTTP/1.1
                    CR after the version           | GET /hello HTTP/1.1\\r
                    space after the version        | GET /hello HTTP/1.1\\s
                    space before the method        | \\sGET /hello HTTP/1.1
                    tab before the method          | \\tGET /hello HTTP/1.1
                    NUL before the method          | \\0GET /hello HTTP/1.1
                    illegal character in the method| G(T /hello HTTP/1.1
                    control byte in the target     | GET /hel\\1lo HTTP/1.1
                    NUL in the target              | GET /hel\\0lo HTTP/1.1
                    DEL in the target              | GET /hel\\dlo HTTP/1.1
                    non-ASCII byte in the target   | GET /hel\\xlo HTTP/1.1
                    fragment in the target         | GET /hello#part HTTP/1.1
                    target without a slash         | GET hello HTTP/1.1
                    asterisk without OPTIONS       | GET * HTTP/1.1
                    foreign scheme                 | GET ftp://test/hello HTTP/1.1
                    other authority than Host      | GET http://elsewhere/hello HTTP/1.1
                    """)
    void refusesTheRequestLine(String what, String requestLine) {
        expectRefusal(400, bytes(requestLine) + "\r\nHost: test\r\n\r\n");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    folded line                 | A: b\\r\\n c
                    line folded by a tab        | A: b\\r\\n\\tc
                    space before the colon      | A : b
                    tab before the colon        | A\\t: b
                    no colon                    | A
                    empty name                  | : b
                    space in the name           | A B: c
                    bracket in the name         | A(B: c
                    non-ASCII name              | A\\xB: c
                    NUL in the name             | A\\0B: c
                    NUL in the value            | A: b\\0c
                    control byte in the value   | A: b\\1c
                    DEL in the value            | A: b\\dc
                    bare CR in the value        | A: b\\rc
                    bare LF at the end          | A: b\\nC: d
                    two hosts                   | Host: test
                    """)
    void refusesTheHeader(String what, String header) {
        expectRefusal(400, "GET /hello HTTP/1.1\r\nHost: test\r\n" + bytes(header) + "\r\n\r\n");
    }

    @Test
    void refusesAFirstHeaderThatBeginsWithASpace() {
        expectRefusal(400, "GET /hello HTTP/1.1\r\n Host: test\r\nHost: test\r\n\r\n");
    }

    @Test
    void refusesABareLineFeedAfterTheRequestLine() {
        expectRefusal(400, "GET /hello HTTP/1.1\nHost: test\r\n\r\n");
    }

    @Test
    void refusesABareLineFeedAsTheEndOfTheHead() {
        expectRefusal(400, "GET /hello HTTP/1.1\r\nHost: test\r\n\n");
    }

    @Test
    void refusesARequestWithoutHost() {
        expectRefusal(400, "GET /hello HTTP/1.1\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    te st
                    test,other
                    user@test
                    test/path
                    test?query
                    test#part
                    test:port
                    test:80:80
                    [::1
                    """)
    void refusesTheHost(String host) {
        expectRefusal(400, "GET /hello HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
                    """
                    400 | Content-Length: 5\\r\\nTransfer-Encoding: chunked
                    400 | Transfer-Encoding: chunked\\r\\nContent-Length: 5
                    400 | Content-Length: 5\\r\\nContent-Length: 6
                    400 | Content-Length: 5\\r\\nContent-Length: 5
                    400 | Content-Length: 5, 5
                    400 | Content-Length: 5,6
                    400 | Content-Length: +5
                    400 | Content-Length: -5
                    400 | Content-Length: 0x5
                    400 | Content-Length: 5 5
                    400 | Content-Length: five
                    400 | Content-Length:
                    400 | Content-Length: 99999999999999999999
                    400 | Transfer-Encoding: chunked, chunked
                    400 | Transfer-Encoding: chunked\\r\\nTransfer-Encoding: chunked
                    501 | Transfer-Encoding: gzip
                    501 | Transfer-Encoding: gzip, chunked
                    501 | Transfer-Encoding: identity
                    501 | Transfer-Encoding: xchunked
                    """)
    void refusesTheFraming(int status, String headers) {
        expectRefusal(
                status,
                "POST /hello HTTP/1.1\r\nHost: test\r\n" + bytes(headers) + "\r\n\r\n0\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    Transfer-Encoding: chunked | 0\\r\\n\\r\\n
                    Content-Length: 1\\r\\nContent-Length: 2 | ab
                    """)
    void refusesTheFramingInHttp10Too(String headers, String body) {
        expectRefusal(
                400,
                "POST /hello HTTP/1.0\r\nHost: test\r\n" + bytes(headers + "\\r\\n\\r\\n" + body));
    }

    @ParameterizedTest
    @CsvSource({"HTTP/2.0", "HTTP/3.0", "HTTP/0.9"})
    void doesNotSpeakTheVersion(String version) {
        expectRefusal(505, "GET /hello " + version + "\r\nHost: test\r\n\r\n");
    }

    @Test
    void isNoTunnel() {
        Answer answer =
                gateway.ask("CONNECT test:443 HTTP/1.1\nHost: test:443\nConnection: close\n\n");
        assertThat(answer.status()).isEqualTo(405);
    }

    @Test
    void answersNothingThatFollowsAMalformedRequest() {
        String good = "GET /hello HTTP/1.1\r\nHost: test\r\n\r\n";
        expectRefusal(400, "GET /hello HTTP/1.1\r\nA : b\r\nHost: test\r\n\r\n" + good);
    }

    @Test
    void answersWhatCameBeforeAMalformedRequestFirst() {
        try (Wire wire = gateway.connect()) {
            wire.send("GET /hello HTTP/1.1\r\nHost: test\r\n\r\nGET  /hello HTTP/1.1\r\n\r\n");
            assertThat(wire.answer().text()).isEqualTo("hello");
            assertThat(wire.answer().status()).isEqualTo(400);
            wire.expectEnd();
        }
    }

    private static void expectRefusal(int status, String request) {
        try (Wire wire = gateway.connect()) {
            Answer answer = wire.send(request).answer();
            assertThat(answer.status()).as("%s", answer).isEqualTo(status);
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
            wire.expectEnd();
        }
    }

    /// Replaces the escapes of the tables above by the bytes they stand for.
    private static String bytes(String escaped) {
        return escaped.replace("\\\\", "\u00ff")
                .replace("\\r", "\r")
                .replace("\\n", "\n")
                .replace("\\t", "\t")
                .replace("\\v", "\u000b")
                .replace("\\f", "\f")
                .replace("\\s", " ")
                .replace("\\0", "\0")
                .replace("\\1", "\u0001")
                .replace("\\d", "\u007f")
                .replace("\\x", "\u00e9")
                .replace("\u00ff", "\\");
    }
}
