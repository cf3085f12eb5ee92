package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendRequest;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How bodies begin, go on and end on either side.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FramingTest {
    private final SteppedReplies replies = new SteppedReplies();

    @AutoClose
    private final ProxyGateway gateway =
            ProxyGateway.start(Backend.start(Backend.Reading.AT_HEAD, replies));

    @Test
    void passesOnEachChunkOfARequestBeforeTheNextComes() {
        try (Wire wire = gateway.connect()) {
            wire.sendLines("POST /a HTTP/1.1\nHost: test\nTransfer-Encoding: chunked\n\n");
            String all = "";
            for (int i = 0; i < 10; i++) {
                wire.send("6\r\npiece" + i + "\r\n");
                all += "piece" + i;
                String soFar = all;
                BackendRequest request = gateway.backend().await(1);
                Await.until("it came", () -> request.bodySoFar().equals(soFar));
            }
            wire.send("0\r\n\r\n");
            BackendExchange exchange = replies.next();
            assertThat(exchange.request().body()).isEqualTo(all);
            assertThat(exchange.request().header("Transfer-Encoding")).isEqualTo("chunked");
            assertThat(exchange.request().header("Content-Length")).isNull();
            exchange.ok("done");
            assertThat(wire.answer().body()).isEqualTo("done");
        }
    }

    @Test
    void passesOnEachPieceOfARequestOfKnownLengthBeforeTheNextComes() {
        try (Wire wire = gateway.connect()) {
            wire.sendLines("PUT /a HTTP/1.1\nHost: test\nContent-Length: 10\n\n").send("hello");
            BackendRequest request = gateway.backend().await(1);
            Await.until("it came", () -> request.bodySoFar().equals("hello"));
            wire.send("world");
            BackendExchange exchange = replies.next();
            assertThat(request.body()).isEqualTo("helloworld");
            assertThat(request.header("Content-Length")).isEqualTo("10");
            assertThat(request.header("Transfer-Encoding")).isNull();
            exchange.ok("done");
            assertThat(wire.answer().body()).isEqualTo("done");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "DELETE", "OPTIONS"})
    void announcesNoBodyWhereThereIsNone(String method) {
        try (Wire wire = gateway.connect().sendLines(method + " /a HTTP/1.1\nHost: test\n\n")) {
            BackendExchange exchange = replies.next();
            assertThat(exchange.request().header("Content-Length")).isNull();
            assertThat(exchange.request().header("Transfer-Encoding")).isNull();
            exchange.sendLines("HTTP/1.1 204 No Content\n\n");
            assertThat(wire.head().status()).isEqualTo(204);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "DELETE", "OPTIONS", "POST"})
    void passesOnABodyWhateverTheMethod(String method) {
        String head = method + " /a HTTP/1.1\nHost: test\nContent-Length: 5\n\n";
        try (Wire wire = gateway.connect().sendLines(head).send("hello")) {
            BackendExchange exchange = replies.next();
            assertThat(exchange.request().body()).isEqualTo("hello");
            exchange.ok("done");
            assertThat(wire.answer().body()).isEqualTo("done");
        }
    }

    @Test
    void keepsALengthOfZero() {
        String head = "POST /a HTTP/1.1\nHost: test\nContent-Length: 0\n\n";
        try (Wire wire = gateway.connect().sendLines(head)) {
            BackendExchange exchange = replies.next();
            assertThat(exchange.request().header("Content-Length")).isEqualTo("0");
            exchange.ok("done");
            assertThat(wire.answer().body()).isEqualTo("done");
        }
    }

    @Test
    void passesOnEachChunkOfAnAnswerBeforeTheNextComes() {
        try (Wire wire = gateway.connect().sendLines("GET /a HTTP/1.1\nHost: test\n\n")) {
            BackendExchange exchange = replies.next();
            exchange.sendLines("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n");
            Answer head = wire.head();
            assertThat(head.header("Transfer-Encoding")).isEqualTo("chunked");
            assertThat(head.header("Content-Length")).isNull();
            Content content = Content.of(wire, head);
            for (int i = 0; i < 10; i++) {
                exchange.sendChunk("piece" + i);
                assertThat(content.take(6)).isEqualTo("piece" + i);
            }
            exchange.send("0\r\n\r\n").done();
            content.expectEnd();
            expectAnother(wire);
        }
    }

    @Test
    void passesOnAPieceOfAChunkBeforeItsRest() {
        try (Wire wire = gateway.connect().sendLines("GET /a HTTP/1.1\nHost: test\n\n")) {
            BackendExchange exchange = replies.next();
            exchange.sendLines("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\na\nhello");
            Content content = Content.of(wire, wire.head());
            assertThat(content.take(5)).isEqualTo("hello");
            exchange.sendLines("world\n0\n\n").done();
            assertThat(content.take(5)).isEqualTo("world");
            content.expectEnd();
            expectAnother(wire);
        }
    }

    @Test
    void keepsTheLengthOfAnAnswer() {
        try (Wire wire = gateway.connect().sendLines("GET /a HTTP/1.1\nHost: test\n\n")) {
            BackendExchange exchange = replies.next();
            exchange.sendLines("HTTP/1.1 200 OK\nContent-Length: 10\n\nhello");
            Answer head = wire.head();
            assertThat(head.header("Content-Length")).isEqualTo("10");
            assertThat(head.header("Transfer-Encoding")).isNull();
            wire.expect("hello");
            exchange.send("world").done();
            wire.expect("world");
            expectAnother(wire);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.0", "HTTP/1.1"})
    void makesChunksOfAnAnswerThatEndsWithItsConnection(String version) {
        try (Wire wire = gateway.connect().sendLines("GET /a HTTP/1.1\nHost: test\n\n")) {
            BackendExchange exchange = replies.next();
            exchange.sendLines(version + " 200 OK\nA: b\n\nhello");
            Answer head = wire.head();
            assertThat(head.header("Transfer-Encoding")).isEqualTo("chunked");
            Content content = Content.of(wire, head);
            assertThat(content.take(5)).isEqualTo("hello");
            exchange.send("world").close();
            assertThat(content.take(5)).isEqualTo("world");
            content.expectEnd();
            expectAnother(wire);
        }
    }

    @Test
    void makesNoChunksForAClientThatSpeaksHttp10() {
        try (Wire wire = gateway.connect().sendLines("GET /a HTTP/1.0\nHost: test\n\n")) {
            BackendExchange exchange = replies.next();
            exchange.sendLines("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhello\n");
            Answer head = wire.head();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("Transfer-Encoding")).isNull();
            assertThat(head.header("Content-Length")).isNull();
            wire.expect("hello");
            exchange.sendLines("6\n world\n0\n\n").done();
            assertThat(wire.rest()).isEqualTo(" world");
        }
    }

    @Test
    void sendsTheBodyOfAClientThatSpeaksHttp10() {
        String head = "POST /a HTTP/1.0\nHost: test\nContent-Length: 5\n\n";
        try (Wire wire = gateway.connect().sendLines(head).send("hello")) {
            BackendExchange exchange = replies.next();
            assertThat(exchange.request().body()).isEqualTo("hello");
            exchange.ok("done");
            assertThat(wire.answer().body()).isEqualTo("done");
            wire.expectEnd();
        }
    }

    @Test
    void sendsAHostForAClientThatHasNone() {
        try (Wire wire = gateway.connect().sendLines("GET /a HTTP/1.0\n\n")) {
            BackendExchange exchange = replies.next();
            assertThat(exchange.request().header("Host")).isNotNull();
            exchange.ok("done");
            assertThat(wire.answer().body()).isEqualTo("done");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    HEAD | 200 OK           | Content-Length: 1000
                    GET  | 304 Not Modified | Content-Length: 1000
                    GET  | 304 Not Modified | ETag: "x"
                    GET  | 204 No Content   | ETag: "x"
                    """)
    void keepsTheHeadersOfAnAnswerThatHasNoBody(String method, String status, String header) {
        try (Wire wire = gateway.connect().sendLines(method + " /a HTTP/1.1\nHost: test\n\n")) {
            replies.next().sendLines("HTTP/1.1 " + status + "\n" + header + "\n\n").done();
            Answer head = wire.head();
            assertThat(head.statusLine()).isEqualTo("HTTP/1.1 " + status);
            String[] field = header.split(": ", 2);
            assertThat(head.header(field[0])).isEqualTo(field[1]);
            assertThat(head.header("Transfer-Encoding")).isNull();
            if (!field[0].equals("Content-Length")) {
                assertThat(head.header("Content-Length")).isNull();
            }
            expectAnother(wire);
        }
    }

    @Test
    void sendsNothingAfterTheHeadOfAnAnswerToHead() {
        try (Wire wire = gateway.connect().sendLines("HEAD /a HTTP/1.1\nHost: test\n\n")) {
            replies.next().sendLines("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n").done();
            assertThat(wire.head().header("Content-Length")).isNull();
            expectAnother(wire);
        }
    }

    @Test
    void answersPipelinedRequestsInTheirOrder() {
        try (Wire wire = gateway.connect()) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 8; i++) {
                requests.append("POST /" + i + " HTTP/1.1\nHost: test\nContent-Length: 2\n\nhi");
            }
            wire.sendLines(requests.toString());
            for (int i = 0; i < 8; i++) {
                BackendExchange exchange = replies.next();
                assertThat(exchange.request().target()).isEqualTo("/" + i);
                assertThat(exchange.request().body()).isEqualTo("hi");
                exchange.ok("answer " + i);
                assertThat(wire.answer().body()).isEqualTo("answer " + i);
            }
        }
    }

    @Test
    void keepsTheStatusAndItsReason() {
        try (Wire wire = gateway.connect().sendLines("GET /a HTTP/1.1\nHost: test\n\n")) {
            replies.next().sendLines("HTTP/1.1 418 I'm a teapot\nContent-Length: 0\n\n").done();
            assertThat(wire.answer().statusLine()).isEqualTo("HTTP/1.1 418 I'm a teapot");
            expectAnother(wire);
        }
    }

    /// That the client's connection is good for the next request.
    private void expectAnother(Wire wire) {
        wire.sendLines("GET /another HTTP/1.1\nHost: test\n\n");
        replies.next().ok("another");
        assertThat(wire.answer().body()).isEqualTo("another");
    }
}
