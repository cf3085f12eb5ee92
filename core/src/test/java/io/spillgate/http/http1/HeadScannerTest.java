package io.spillgate.http.http1;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.spillgate.config.HttpConfig;
import io.spillgate.config.LimitStatus;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HeadScannerTest {
    private static final String HOST = "Host: example.com\r\n";
    private static final String END = "\r\n";
    private static final HeadLimits RFC =
            new HeadLimits(8192, 8192, 100, 64 * 1024, LimitStatus.RFC);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.0\r\n\r\n",
                "M-SEARCH /a%20b?c=d&e=[f]~!$'()*+,;:@ HTTP/1.1\r\nhOST:a\r\n\r\n",
                "GET /a\\b\"<>^`{|}?\\\"<>^`{|} HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: \t a \t\r\nEmpty:\r\nBlank: \t \r\n\r\n",
                "GET / HTTP/1.0\r\nX: \u00e4\u0080\u00ff\tb\r\n\r\n",
                "GET / HTTP/1.0\r\n!#$%&'*+-.^_`|~09: x\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                "POST / HTTP/1.9\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
            })
    void passesWhatNettyDecodes(String head) {
        byte[] bytes = head.getBytes(ISO_8859_1);

        assertThat(Heads.verdict(head)).isEqualTo("complete " + head.length());
        assertThat(Heads.isDecodable(bytes)).isTrue();
    }

    @Test
    void saysWhereTheHeadEndsWhenABodyOrAnotherRequestFollows() {
        String head = "\r\nPOST / HTTP/1.1\r\n" + HOST + "Content-Length: 4\r\n\r\n";

        assertThat(Heads.verdict(head + "body" + head)).isEqualTo("complete " + head.length());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n",
                "\r\r",
                "\r\n\r\n",
                " GET / HTTP/1.1\r\n",
                "\tGET / HTTP/1.1\r\n",
                "\0GET / HTTP/1.1\r\n",
                "\u0016\u0003\u0001",
                "G@T / HTTP/1.1\r\n",
                "GET\t/ HTTP/1.1\r\n",
                "GET\u000b/ HTTP/1.1\r\n",
                "GET  / HTTP/1.1\r\n",
                "GET /  HTTP/1.1\r\n",
                "GET /\tHTTP/1.1\r\n",
                "GET /\fHTTP/1.1\r\n",
                "GET / HTTP/1.1 \r\n",
                "GET / HTTP/1.1\n",
                "GET / HTTP/1.1\r\r\n",
                "GET / HTTP/1.1\rX",
                "GET / HTTP/1.1.1\r\n",
                "GET / HTTP/11\r\n",
                "GET / HTTP/1.12\r\n",
                "GET / HTTP/1\r\n",
                "GET / http/1.1\r\n",
                "GET / HTTP/x.1\r\n",
                "GET / ICAP/1.0\r\n",
                "GET /\r\n",
                "GET\r\n",
                "GET / \r\n",
                "GET /\0 HTTP/1.1\r\n",
                "GET /a\u007f HTTP/1.1\r\n",
                "GET /\u00e4 HTTP/1.1\r\n",
                "GET /a#b HTTP/1.1\r\n",
            })
    void refusesAMalformedRequestLine(String head) {
        assertThat(Heads.status(head)).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " folded: x\r\n",
                "A: x\r\n y\r\n",
                "A: x\r\n\ty\r\n",
                "A : x\r\n",
                "A\t: x\r\n",
                ": x\r\n",
                "A\r\n",
                "A x\r\n",
                "A(b): x\r\n",
                "\u00e4: x\r\n",
                "A\0: x\r\n",
                "A: x\0y\r\n",
                "A: x\u0001\r\n",
                "A: x\u007f\r\n",
                "A: x\u000by\r\n",
                "A: x\n",
                "A: x\ry\r\n",
                "A: x\r\r\n",
                "\n",
                "\r\r\n",
                "\rX",
            })
    void refusesAMalformedHeaderLine(String lines) {
        assertThat(Heads.status("GET / HTTP/1.1\r\n" + lines + HOST + END)).isEqualTo(400);
        assertThat(Heads.status("GET / HTTP/1.1\r\n" + HOST + lines + END)).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/2.0", "HTTP/0.9", "HTTP/3.1"})
    void answers505ToAnotherMajorVersion(String version) {
        assertThat(Heads.verdict("GET / " + version + END))
                .isEqualTo("505 HTTP Version Not Supported: " + version + " is not served");
        assertThat(Heads.status("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).isEqualTo(505);
    }

    @Test
    void treatsALaterMinorVersionAs11() {
        byte[] head = ("GET / HTTP/1.7\r\n" + HOST + END).getBytes(ISO_8859_1);

        HttpRequest request = (HttpRequest) Heads.decoded(head).getFirst();

        assertThat(request.protocolVersion()).isSameAs(HttpVersion.HTTP_1_1);
        assertThat(Heads.status("GET / HTTP/1.7\r\n" + END)).isEqualTo(400);
    }

    @Test
    void allowsARequestLineOfExactlyTheLimit() {
        String fits = requestLine(8192);

        assertThat(Heads.status(fits + END + HOST + END)).isZero();
        assertThat(Heads.verdict(requestLine(8193) + END + HOST + END))
                .isEqualTo(
                        "413 Request Entity Too Large: The request line is longer than 8192 bytes");
        assertThat(Heads.verdict(requestLine(8193) + END, RFC))
                .isEqualTo("414 URI Too Long: The request line is longer than 8192 bytes");
    }

    @Test
    void countsTheRequestLineWithoutTheCrlfBeforeIt() {
        assertThat(Heads.status(END + requestLine(8192) + END + HOST + END)).isZero();
        assertThat(Heads.status(END + requestLine(8193) + END + HOST + END)).isEqualTo(413);
    }

    @Test
    void refusesALongRequestLineWithItsFirstByteTooMany() {
        String target = "GET /" + "a".repeat(8187);

        assertThat(Heads.verdict(target)).isEqualTo("incomplete");
        assertThat(Heads.status(target + "a")).isEqualTo(413);
        assertThat(Heads.verdict("M".repeat(8192))).isEqualTo("incomplete");
        assertThat(Heads.status("M".repeat(8193))).isEqualTo(413);
    }

    @Test
    void allowsAHeaderLineOfExactlyTheLimit() {
        assertThat(Heads.status(get(headerLine(8192)))).isZero();
        assertThat(Heads.verdict(get(headerLine(8193))))
                .isEqualTo("413 Request Entity Too Large: A header line is longer than 8192 bytes");
        assertThat(Heads.verdict(get(headerLine(8193)), RFC))
                .isEqualTo(
                        "431 Request Header Fields Too Large: A header line is longer than 8192"
                                + " bytes");
    }

    @Test
    void countsTheBlanksOfAHeaderLine() {
        assertThat(Heads.status(get("A:" + " ".repeat(8190) + END))).isZero();
        assertThat(Heads.status(get("A:" + " ".repeat(8191) + END))).isEqualTo(413);
    }

    @Test
    void refusesALongHeaderLineWithItsFirstByteTooMany() {
        String begun = "GET / HTTP/1.1\r\n" + HOST;

        assertThat(Heads.verdict(begun + "A: " + "b".repeat(8189))).isEqualTo("incomplete");
        assertThat(Heads.status(begun + "A: " + "b".repeat(8190))).isEqualTo(413);
        assertThat(Heads.verdict(begun + "a".repeat(8192))).isEqualTo("incomplete");
        assertThat(Heads.status(begun + "a".repeat(8193))).isEqualTo(413);
    }

    @Test
    void limitsOneHeaderLineAndNotTwoTogether() {
        assertThat(Heads.status(get(headerLine(5000) + headerLine(5000)))).isZero();
    }

    @Test
    void countsHeaderLinesWithHost() {
        assertThat(Heads.status(get("A: b\r\n".repeat(99)))).isZero();
        assertThat(Heads.verdict(get("A: b\r\n".repeat(100))))
                .isEqualTo(
                        "413 Request Entity Too Large: The request has more than 100 header lines");
        assertThat(Heads.status("GET / HTTP/1.1\r\n" + HOST + "A: b\r\n".repeat(99) + "A"))
                .isEqualTo(413);
        assertThat(Heads.verdict(get("A: b\r\n".repeat(100)), RFC)).startsWith("431 ");
    }

    @Test
    void limitsTheWholeHead() {
        String empty = get("");
        String nearly = headerLine(8000).repeat(8);
        int rest = 64 * 1024 - empty.length() - nearly.length() - 2;

        assertThat(Heads.verdict(get(nearly + headerLine(rest)))).isEqualTo("complete 65536");
        assertThat(Heads.verdict(END + get(nearly + headerLine(rest)))).isEqualTo("complete 65538");
        assertThat(Heads.verdict(get(nearly + headerLine(rest + 1))))
                .isEqualTo(
                        "413 Request Entity Too Large: The request line and headers together are"
                                + " larger than 65536 bytes");
        assertThat(Heads.verdict(get(nearly + headerLine(rest + 1)), RFC)).startsWith("431 ");
    }

    @Test
    void takesItsLimitsFromTheConfiguration() {
        HeadLimits limits = HeadLimits.of(HttpConfig.DEFAULT);

        assertThat(limits).isEqualTo(Heads.LIMITS);
    }

    @Test
    void givesTheSameVerdictHoweverTheHeadIsCut() {
        String[] heads = {
            get("Content-Length: 5\r\nExpect: 100-continue\r\n") + "hello",
            END + get("Transfer-Encoding: gzip\r\n"),
            get("A: b\r\n c\r\n"),
            "GET http://other/ HTTP/1.1\r\n" + HOST + END,
            "GET / HTTP/1.5\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n",
            "GET / HTTP/2.0\r\n\r\n",
            "GET / HTTP/1.1\r\n" + "A: b\r\n".repeat(7),
            "GET /" + "a".repeat(100) + " HTTP/1.1\r\n",
            get("A: " + "b".repeat(100) + "\r\n"),
        };
        HeadLimits small = new HeadLimits(60, 60, 5, 120, LimitStatus.SEED);
        for (String head : heads) {
            byte[] bytes = head.getBytes(ISO_8859_1);
            for (HeadLimits limits : new HeadLimits[] {Heads.LIMITS, small}) {
                String whole = Heads.verdict(bytes, bytes.length, limits);
                for (int size = 1; size < bytes.length; size++) {
                    assertThat(Heads.verdict(bytes, size, limits)).as(head).isEqualTo(whole);
                }
            }
        }
    }

    @Test
    void startsAnewAfterAReset() {
        HeadScanner scanner = new HeadScanner(Heads.LIMITS);
        String lines = "Host: a\r\nTransfer-Encoding: x\r\nContent-Length: x\r\n";
        String first = "HEAD / HTTP/1.0\r\nOrigin: a\r\n" + lines + "\r\n";
        ByteBuf in = Unpooled.copiedBuffer(first, ISO_8859_1);
        assertThat(scanner.scan(in)).isEqualTo(HeadScanner.Result.REFUSED);
        assertThat(scanner.refusal()).isNotNull();
        assertThat(scanner.isHead()).isTrue();

        scanner.reset();
        ByteBuf next = Unpooled.copiedBuffer(get(""), ISO_8859_1);

        assertThat(scanner.refusal()).isNull();
        assertThat(scanner.hasBegun()).isFalse();
        assertThat(scanner.scan(next)).isEqualTo(HeadScanner.Result.COMPLETE);
        assertThat(scanner.length()).isEqualTo(get("").length());
        assertThat(scanner.isHead()).isFalse();
        assertThat(scanner.origin(next)).isNull();
    }

    @Test
    void tellsASlowRequestFromAnIdleConnection() {
        HeadScanner scanner = new HeadScanner(Heads.LIMITS);
        ByteBuf in = Unpooled.buffer();
        scanner.scan(in);
        assertThat(scanner.hasBegun()).isFalse();
        in.writeByte('\r');
        scanner.scan(in);
        assertThat(scanner.hasBegun()).isFalse();
        in.writeByte('\n');
        scanner.scan(in);
        assertThat(scanner.hasBegun()).isFalse();
        in.writeByte('G');
        scanner.scan(in);

        assertThat(scanner.hasBegun()).isTrue();
    }

    @Test
    void knowsTheOriginOfARefusedHeadWhenItsLineWasRead() {
        HeadScanner scanner = new HeadScanner(Heads.LIMITS);
        ByteBuf in =
                Unpooled.copiedBuffer(
                        "GET / HTTP/1.1\r\norigin: https://a.example \r\nB : c", ISO_8859_1);
        in.readerIndex(0);

        assertThat(scanner.scan(in)).isEqualTo(HeadScanner.Result.REFUSED);
        assertThat(scanner.origin(in)).isEqualTo("https://a.example");
    }

    @Test
    void namesTheByteAndItsPlace() {
        assertThat(Heads.verdict("GET / HTTP/1.1\r\nA: b\0"))
                .isEqualTo("400 Bad Request: Byte 0x00 in a header value, at offset 20");
    }

    private static String get(String lines) {
        return "GET / HTTP/1.1\r\n" + HOST + lines + END;
    }

    private static String requestLine(int length) {
        return "GET /" + "a".repeat(length - 14) + " HTTP/1.1";
    }

    private static String headerLine(int length) {
        return "A: " + "b".repeat(length - 3) + END;
    }
}
