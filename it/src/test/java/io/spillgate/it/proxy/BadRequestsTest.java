package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendRequest;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

/// Heads of requests that two readers could read in two ways: refused, and not one byte of them
/// gets to a backend.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class BadRequestsTest {
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: test\r\n\r\n";

    private static ProxyGateway gateway;

    @BeforeAll
    static void start() {
        gateway =
                ProxyGateway.start(
                        Backend.start((request, reply) -> {
                            reply.sendLines("HTTP/1.1 200 OK\nConnection: close\n\ngood");
                            reply.close();
                        }));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    400 | Content-Length: 5\\r\\nTransfer-Encoding: chunked
                    400 | Transfer-Encoding: chunked\\r\\nContent-Length: 5
                    400 | Transfer-Encoding: chunked\\r\\nContent-Length: 0
                    400 | content-length: 5\\r\\ntransfer-encoding: CHUNKED
                    400 | Content-Length: 5\\r\\nContent-Length: 6
                    400 | Content-Length: 5\\r\\nContent-Length: 5
                    400 | Content-Length: 5\\r\\nA: b\\r\\ncontent-length: 0
                    400 | Content-Length: 5, 5
                    400 | Content-Length: 5,6
                    400 | Content-Length: 5,
                    400 | Content-Length: +5
                    400 | Content-Length: -5
                    400 | Content-Length: 0x5
                    400 | Content-Length: 5 5
                    400 | Content-Length: 5\\v
                    400 | Content-Length: 5.0
                    400 | Content-Length: five
                    400 | Content-Length: "5"
                    400 | Content-Length:\\e
                    400 | Content-Length: 9223372036854775808
                    400 | Content-Length: 18446744073709551621
                    400 | Content-Length : 5
                    400 | Content-Length\\t: 5
                    400 | Content-Length: 5\\r\\nTransfer-Encoding : chunked
                    400 | Content-Length: 5\\r\\n Transfer-Encoding: chunked
                    400 | Content-Length: 5\\r\\nA: b\\r\\n\\tTransfer-Encoding: chunked
                    400 | Content-Length: 5\\r\\nTransfer-Encoding:\\r\\n chunked
                    400 | Content-Length: 5\\nTransfer-Encoding: chunked
                    400 | Content-Length: 5\\rTransfer-Encoding: chunked
                    400 | Content-Length: 5\\r\\nTransfer\\0-Encoding: chunked
                    400 | Content-Length: 5\\r\\n\\0Transfer-Encoding: chunked
                    400 | Content-Length: 5\\r\\nTransfer-Encoding\\0: chunked
                    400 | Content-Length: 5\\r\\nTransfer-Encoding: \\0chunked
                    400 | Content-Length: 5\\r\\nTransfer-Encoding: chunked\\0
                    400 | Content-Length: 5\\r\\nTransfer-Encoding: \\vchunked
                    400 | Transfer-Encoding: \\vchunked
                    400 | Transfer-Encoding: \\fchunked
                    400 | Transfer-Encoding: chunked\\1
                    400 | Transfer-Encoding: chunked, chunked
                    400 | Transfer-Encoding: chunked\\r\\nTransfer-Encoding: chunked
                    400 | Transfer-Encoding: chunked\\r\\nTransfer-Encoding: identity
                    501 | Transfer-Encoding: identity\\r\\nTransfer-Encoding: chunked
                    501 | Transfer-Encoding: gzip
                    501 | Transfer-Encoding: gzip, chunked
                    501 | Transfer-Encoding: identity
                    501 | Transfer-Encoding: xchunked
                    501 | Transfer-Encoding: chunkedx
                    501 | Transfer-Encoding: "chunked"
                    """)
    void refusesTheFraming(int status, String headers) {
        expectRefusal(
                status,
                "POST /bad HTTP/1.1\r\nHost: test\r\n" + Bytes.of(headers) + "\r\n\r\n0\r\n\r\n");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    Transfer-Encoding: chunked                      | 0\\r\\n\\r\\n
                    Transfer-Encoding: chunked\\r\\nContent-Length: 5 | 0\\r\\n\\r\\n
                    Content-Length: 1\\r\\nContent-Length: 2          | ab
                    Content-Length: 1, 2                            | ab
                    """)
    void refusesTheFramingInHttp10(String headers, String body) {
        expectRefusal(
                400,
                "POST /bad HTTP/1.0\r\nHost: test\r\n" + Bytes.of(headers + "\\r\\n\\r\\n" + body));
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    400 | A : b
                    400 | A\\t: b
                    400 | A
                    400 | : b
                    400 | A B: c
                    400 | A(B: c
                    400 | A\\xB: c
                    400 | A\\0B: c
                    400 | A: b\\0c
                    400 | A: b\\1c
                    400 | A: b\\dc
                    400 | A: b\\rc
                    400 | A: b\\nC: d
                    400 | A: b\\r\\n c
                    400 | A: b\\r\\n\\tc
                    400 | A: b\\r\\n\\s
                    400 | A: b\\n
                    400 | \\r
                    400 | Host: test
                    400 | Host: other
                    400 | host: other
                    417 | Expect: miracles
                    """)
    void refusesTheHeader(int status, String header) {
        expectRefusal(
                status, "GET /bad HTTP/1.1\r\nHost: test\r\n" + Bytes.of(header) + "\r\n\r\n");
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    400 | GET\\t/bad HTTP/1.1\\r\\nHost: test
                    400 | GET /bad\\tHTTP/1.1\\r\\nHost: test
                    400 | GET\\v/bad HTTP/1.1\\r\\nHost: test
                    400 | GET  /bad HTTP/1.1\\r\\nHost: test
                    400 | GET /bad  HTTP/1.1\\r\\nHost: test
                    400 | GET /bad HTTP/1.1\\s\\r\\nHost: test
                    400 | GET /bad HTTP/1.1\\r\\r\\nHost: test
                    400 | GET /bad HTTP/1.1\\nHost: test
                    400 | GET /bad HTTP/1.1\\rHost: test
                    400 | GET /b ad HTTP/1.1\\r\\nHost: test
                    400 | GET /b\\0ad HTTP/1.1\\r\\nHost: test
                    400 | GET /b\\xad HTTP/1.1\\r\\nHost: test
                    400 | GET /bad#part HTTP/1.1\\r\\nHost: test
                    400 | GET bad HTTP/1.1\\r\\nHost: test
                    400 | GET /bad\\r\\nHost: test
                    400 | GET /bad http/1.1\\r\\nHost: test
                    400 | GET /bad HTTP/1.1\\r\\n Host: test
                    400 | GET /bad HTTP/1.1\\r\\nA: b
                    400 | GET http://other/bad HTTP/1.1\\r\\nHost: test
                    400 | GET http://test:81/bad HTTP/1.1\\r\\nHost: test
                    400 | GET http://test@other/bad HTTP/1.1\\r\\nHost: test
                    400 | GET ftp://test/bad HTTP/1.1\\r\\nHost: test
                    400 | GET /bad HTTP/1.1\\r\\nHost: test, other
                    400 | GET /bad HTTP/1.1\\r\\nHost: user@test
                    400 | GET /bad HTTP/1.1\\r\\nHost: te st
                    400 | GET /bad HTTP/1.1\\r\\nHost: test/bad
                    405 | CONNECT test:443 HTTP/1.1\\r\\nHost: test:443
                    505 | GET /bad HTTP/2.0\\r\\nHost: test
                    505 | GET /bad HTTP/0.9\\r\\nHost: test
                    505 | PRI * HTTP/2.0\\r\\n\\r\\nSM
                    """)
    void refusesTheHead(int status, String head) {
        expectRefusal(status, Bytes.of(head) + "\r\n\r\n");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"a request line, 8193", "a header, 8193"})
    void refusesWhatIsTooLong(String what, int length) {
        boolean line = what.equals("a request line");
        String target = line ? "/" + "b".repeat(length - 14) : "/bad";
        String header = line ? "A: b" : "A: " + "b".repeat(length - 3);
        expectRefusal(413, "GET " + target + " HTTP/1.1\r\nHost: test\r\n" + header + "\r\n\r\n");
    }

    /// The backend closes after each answer, so whatever gets there would come by a connection of
    /// its own, and before the good request that follows.
    private static void expectRefusal(int status, String request) {
        int connections = gateway.backend().total();
        int requests = gateway.backend().requests().size();
        try (Wire wire = gateway.connect()) {
            Answer answer = wire.send(request + SMUGGLED).answer();
            assertThat(answer.status()).as("%s", answer).isEqualTo(status);
            assertThat(answer.header("Connection")).isEqualTo("close");
            wire.expectEnd();
        }
        assertThat(gateway.get("/good").body()).isEqualTo("good");
        assertThat(gateway.backend().total()).isEqualTo(connections + 1);
        List<BackendRequest> all = gateway.backend().requests();
        assertThat(all.subList(requests, all.size()))
                .extracting(BackendRequest::target)
                .containsExactly("/good");
    }
}
