package io.spillgate.http.http1;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HeadRulesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "example.com",
                "EXAMPLE.com:8080",
                "example.com:",
                "a_b-c~d.e",
                "a%20b",
                "127.0.0.1:65535",
                "[::1]",
                "[2001:db8::1]:443",
                "[::ffff:1.2.3.4]",
                "a!$&'()*+;=",
            })
    void acceptsAHost(String host) {
        assertThat(Heads.status("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n")).isZero();
        assertThat(Heads.status("GET / HTTP/1.0\r\nHost: " + host + "\r\n\r\n")).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ":80",
                "a b",
                "a/b",
                "a?b",
                "a#b",
                "a\\b",
                "a,b",
                "a, a",
                "user@a",
                "user:pw@a",
                "a:b",
                "a:65536",
                "a:99999999999",
                "a:80:80",
                "a%2",
                "a%zz",
                "\u00e4",
                "a\"",
                "<a>",
                "[::1",
                "[::1]x",
                "[::g]",
                "[1:2]",
                "[]",
                "[fe80::1%eth0]",
                "::1",
                "http://a",
            })
    void refusesAHostThatIsNone(String host) {
        assertThat(Heads.status("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n")).isEqualTo(400);
        assertThat(Heads.status("GET / HTTP/1.0\r\nHost: " + host + "\r\n\r\n")).isEqualTo(400);
    }

    @Test
    void wantsExactlyOneHost() {
        assertThat(Heads.verdict("GET / HTTP/1.1\r\n\r\n"))
                .isEqualTo("400 Bad Request: No Host line");
        assertThat(Heads.verdict("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n"))
                .isEqualTo("400 Bad Request: 2 Host lines, exactly one is allowed");
        assertThat(Heads.status("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n")).isEqualTo(400);
        assertThat(Heads.status("GET / HTTP/1.0\r\n\r\n")).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "http://a/, a",
        "HTTP://A/x?y, a",
        "http://a, a:80",
        "http://a:80/, a",
        "http://a:/, a:80",
        "https://a/, a:443",
        "https://a:443?x, a",
        "http://a:8080/, A:8080",
        "http://[::1]:80/, [::1]",
    })
    void acceptsAnAbsoluteTargetThatAgreesWithHost(String target, String host) {
        assertThat(Heads.status("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
                .isZero();
        assertThat(Heads.status("GET " + target + " HTTP/1.0\r\n\r\n")).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "http://a/, b",
        "http://a/, a:8080",
        "http://a:443/, a",
        "https://a/, a:80",
        "http://a:8080/, a:8081",
        "http://a.b/, a",
        "http://user@a/, a",
        "http://a@b/, a",
        "http:///x, a",
        "http://, a",
        "ftp://a/, a",
        "http:/a, a",
        "http:a, a",
        "a:80, a",
        "a, a",
        "?x, a",
        "*, a",
        "**, a",
    })
    void refusesATargetOfAnotherFormOrHost(String target, String host) {
        assertThat(Heads.status("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
                .isEqualTo(400);
    }

    @Test
    void takesTheAsteriskForOptions() {
        assertThat(Heads.status("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")).isZero();
        assertThat(Heads.status("OPTIONS *x HTTP/1.1\r\nHost: a\r\n\r\n")).isEqualTo(400);
    }

    @Test
    void answers405ToConnect() {
        assertThat(Heads.status("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n")).isEqualTo(405);
        assertThat(Heads.status("CONNECT a:443 HTTP/1.1\r\n\r\n")).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "chunked, 0",
        "CHUNKED, 0",
        "' \tchunked \t', 0",
        "gzip, 501",
        "identity, 501",
        "xchunked, 501",
        "chunked;q=1, 501",
        "'\"chunked\"', 501",
        "'gzip, chunked', 501",
        "'gzip,chunked', 501",
        "'chunked, chunked', 400",
        "'chunked, gzip', 400",
        "'', 400",
        "',chunked', 400",
        "'chunked,', 400",
        "'chunked, ,', 400",
        "'gzip,,chunked', 400",
    })
    void servesNoTransferCodingButChunked(String value, int status) {
        String head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: " + value + "\r\n\r\n";

        assertThat(Heads.status(head)).isEqualTo(status);
        if (status == 0) {
            assertThat(Heads.isDecodable(head.getBytes(ISO_8859_1))).isTrue();
        }
    }

    @Test
    void joinsTheLinesOfTransferEncoding() {
        String line = "Transfer-Encoding: chunked\r\n";
        assertThat(Heads.status(post(line + line))).isEqualTo(400);
        assertThat(Heads.status(post("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n")))
                .isEqualTo(501);
        assertThat(Heads.status(post("Transfer-Encoding:\r\nTransfer-Encoding: chunked\r\n")))
                .isEqualTo(400);
    }

    @Test
    void refusesTransferEncodingBesideContentLengthAndIn10() {
        assertThat(Heads.status(post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n")))
                .isEqualTo(400);
        assertThat(Heads.status(post("Content-Length: 3\r\nTransfer-Encoding: gzip\r\n")))
                .isEqualTo(400);
        assertThat(Heads.status("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"))
                .isEqualTo(400);
        assertThat(Heads.status("POST / HTTP/1.0\r\nTransfer-Encoding: gzip\r\n\r\n"))
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "5", "007", "9223372036854775807", "\t 5 \t"})
    void acceptsALength(String value) {
        assertThat(Heads.status(post("Content-Length: " + value + "\r\n"))).isZero();
        assertThat(
                        Heads.isDecodable(
                                post("Content-Length: " + value + "\r\n").getBytes(ISO_8859_1)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "+5",
                "-5",
                "5 5",
                "5,5",
                "5, 5",
                "5,",
                "0x5",
                "5a",
                "5.0",
                "\u00b2",
                "9223372036854775808",
                "99999999999999999999",
                "5\r\nContent-Length: 5",
                "5\r\nContent-Length: 6",
            })
    void refusesALengthThatIsMalformedOrNotAlone(String value) {
        assertThat(Heads.status(post("Content-Length: " + value + "\r\n"))).isEqualTo(400);
        assertThat(Heads.status("POST / HTTP/1.0\r\nContent-Length: " + value + "\r\n\r\n"))
                .isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "100-continue, 0",
        "100-Continue, 0",
        "200-ok, 417",
        "'100-continue, x', 417",
        "'', 417"
    })
    void meetsNoExpectationBut100Continue(String value, int status) {
        assertThat(Heads.status(post("Expect: " + value + "\r\n"))).isEqualTo(status);
        assertThat(Heads.status(post("Expect: 100-continue\r\nExpect: " + value + "\r\n")))
                .isEqualTo(status);
    }

    @Test
    void refusesTheHandshakeThatNettyGivesABodyWithoutALength() {
        String keys = "Sec-WebSocket-Key1: 1\r\nSec-WebSocket-Key2: 2\r\n";

        assertThat(Heads.status("GET / HTTP/1.1\r\nHost: a\r\n" + keys + "\r\n")).isEqualTo(400);
    }

    @Test
    void putsAFramingFaultBeforeAnyOther() {
        String lines = "Content-Length: x\r\nExpect: y\r\n";

        assertThat(Heads.status("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n" + lines + "\r\n"))
                .isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "/a?b, /a?b",
        "*, *",
        "http://a/b?c, /b?c",
        "HTTPS://a:1/, /",
        "http://a, /",
        "http://a?b=/c, /?b=/c",
        "/x?u=http://a/b, /x?u=http://a/b",
    })
    void findsThePathOfAnAbsoluteTarget(String target, String path) {
        assertThat(HeadRules.originForm(target)).isEqualTo(path);
    }

    private static String post(String lines) {
        return "POST / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n";
    }
}
