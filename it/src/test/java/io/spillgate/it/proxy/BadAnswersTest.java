package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendRequest;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

/// Heads of answers that break the rules: the client gets 502, the connection goes, and the next
/// request gets its own answer.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class BadAnswersTest {
    private static final String EARLY_HINTS = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";

    private static ProxyGateway gateway;
    private static volatile String bytes = "";
    private static volatile boolean thenClose;

    @BeforeAll
    static void start() {
        gateway =
                ProxyGateway.start(
                        Backend.start((request, reply) -> {
                            if (request.target().equals("/bad")) {
                                reply.send(bytes);
                            } else {
                                reply.sendLines("HTTP/1.1 200 OK\nConnection: close\n\nown");
                            }
                            if (thenClose || !request.target().equals("/bad")) {
                                reply.close();
                            }
                        }));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    Content-Length: 5\\r\\nTransfer-Encoding: chunked
                    Transfer-Encoding: chunked\\r\\nContent-Length: 5
                    Transfer-Encoding: chunked\\r\\nContent-Length: 0
                    Content-Length: 5\\r\\nContent-Length: 5
                    Content-Length: 5\\r\\nContent-Length: 6
                    Content-Length: 5, 5
                    Content-Length: 5, 6
                    Content-Length: +5
                    Content-Length: -5
                    Content-Length: 0x5
                    Content-Length: 5 5
                    Content-Length: 5.0
                    Content-Length: five
                    Content-Length:\\e
                    Content-Length: 9223372036854775808
                    Transfer-Encoding: gzip
                    Transfer-Encoding: gzip, chunked
                    Transfer-Encoding: chunked, gzip
                    Transfer-Encoding: identity
                    Transfer-Encoding: chunked, identity
                    Transfer-Encoding: chunked, chunked
                    Transfer-Encoding: chunked\\r\\nTransfer-Encoding: chunked
                    Transfer-Encoding: chunked\\r\\nTransfer-Encoding: identity
                    Transfer-Encoding: xchunked
                    Transfer-Encoding: \\vchunked
                    """)
    void refusesTheFraming(String headers) {
        expectBadGateway(
                "HTTP/1.1 200 OK\r\n" + Bytes.of(headers) + "\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    A
                    : b
                    A B: c
                    A\\0B: c
                    A: b\\0c
                    A: b\\1c
                    A: b\\dc
                    A: b\\rc
                    A: b\\nC: d
                    """)
    void refusesTheHeader(String header) {
        expectBadGateway(
                "HTTP/1.1 200 OK\r\n" + Bytes.of(header) + "\r\nContent-Length: 2\r\n\r\nhi");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    HTTP/2.0 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi
                    HTTP/0.9 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi
                    http/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi
                    HTTP/1.1200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi
                    HTTP/1.1 20 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi
                    HTTP/1.1 2000 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi
                    HTTP/1.1 +20 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi
                    HTTP/1.1 099 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi
                    HTTP/1.1 abc OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi
                    HTTP/1.1\\r\\nContent-Length: 2\\r\\n\\r\\nhi
                    HTTP/1.1 200 O\\0K\\r\\nContent-Length: 2\\r\\n\\r\\nhi
                    HTTP/1.1 200 O\\rK\\r\\nContent-Length: 2\\r\\n\\r\\nhi
                    HTTP/1.1 200 OK\\nContent-Length: 2\\r\\n\\r\\nhi
                    HTTP/1.1 200 OK\\r\\nContent-Length: 2\\n\\r\\nhi
                    HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\nhi
                    HTTP/1.1 200 OK\\n\\nhi
                    HTTP/1.1 200 OK\\r\\n Content-Length: 2\\r\\n\\r\\nhi
                    HTTP/1.0 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n
                    ICY 200 OK\\r\\n\\r\\n
                    <html>hi</html>\\r\\n\\r\\n
                    garbage\\r\\n\\r\\n
                    \\0\\1\\r\\n\\r\\n
                    """)
    void refusesTheHead(String answer) {
        expectBadGateway(Bytes.of(answer));
    }

    /// A proxy may refuse such a head or repair it (RFC 9112 sections 5.1 and 5.2).
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length : 2\r\n\r\nhi",
                "Content-Length\t: 2\r\n\r\nhi",
                "Content-Length:\r\n 2\r\n\r\nhi",
                "Content-Length: 2\r\nA : b\r\n\r\nhi",
                "Content-Length: 2\r\nA: b\r\n c\r\n\r\nhi",
                "Content-Length: 2\r\nA: b\r\n\tTransfer-Encoding: chunked\r\n\r\nhi",
                "Transfer-Encoding : chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
            })
    void passesOnNoOddWhiteSpace(String rest) {
        bytes = "HTTP/1.1 200 OK\r\n" + rest;
        Answer answer = finalAnswer();
        assertThat(answer.status()).isIn(200, 502);
        assertThat(
                        answer.values("Transfer-Encoding").size()
                                + answer.values("Content-Length").size())
                .isEqualTo(1);
        if (answer.status() == 200) {
            assertThat(answer.body()).isEqualTo("hi");
        }
        assertThat(gateway.get("/next").body()).isEqualTo("own");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\n\r\n",
            })
    void refusesAChangeOfProtocolThatNobodyAskedFor(String answer) {
        expectBadGateway(answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "H",
                "HTTP/1.1 200",
                "HTTP/1.1 200 OK\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n",
                "HTTP/1.1 100 Continue\r\n\r\n",
                "HTTP/1.1 102 Processing\r\n\r\n",
                EARLY_HINTS,
                EARLY_HINTS + "HTTP/1.1 200 OK\r\n",
            })
    void isAskedForNoAnswerThatEndedBeforeItsHead(String answer) {
        thenClose = true;
        expectBadGateway(answer);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 102, 103})
    void refusesMoreThanFiftyInterimAnswers(int status) {
        String interim = "HTTP/1.1 " + status + " So Far\r\n\r\n";
        expectBadGateway(interim.repeat(51) + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 2000})
    void refusesAHeadOfMoreThan64KiB(int lines) {
        String line = "A: " + "b".repeat(67_000 / lines) + "\r\n";
        expectBadGateway(
                "HTTP/1.1 200 OK\r\n" + line.repeat(lines) + "Content-Length: 2\r\n\r\nhi");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 ", "A: ", "HTTP/1.1 200 OK\r\nA: "})
    void refusesALineWithoutEnd(String begin) {
        expectBadGateway(begin + "b".repeat(70_000));
    }

    /// Sends what the backend of the good request would be, closes each time, and so has no
    /// connection left unless a bad one was kept.
    private static void expectBadGateway(String answer) {
        bytes = answer;
        int requests = gateway.backend().requests().size();
        Answer bad = finalAnswer();
        thenClose = false;
        assertThat(bad.status()).as("%s", bad).isEqualTo(502);
        gateway.backend().awaitOpen(0);
        assertThat(gateway.get("/next").body()).isEqualTo("own");
        List<BackendRequest> all = gateway.backend().requests();
        assertThat(all.subList(requests, all.size()))
                .extracting(BackendRequest::target)
                .containsExactly("/bad", "/next");
    }

    private static Answer finalAnswer() {
        try (var wire = gateway.connect()) {
            wire.sendLines("GET /bad HTTP/1.1\nHost: test\n\n");
            Answer answer = wire.answer();
            while (answer.status() < 200) {
                answer = wire.answer();
            }
            return answer;
        }
    }
}
