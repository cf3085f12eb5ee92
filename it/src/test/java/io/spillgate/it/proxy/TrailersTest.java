package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Trailers never become headers, and never say anything about framing or the way.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class TrailersTest {
    private static final String BAD =
            "Content-Length: 99\nTransfer-Encoding: gzip\nHost: evil\nConnection: X\n"
                    + "X-Forwarded-For: 6.6.6.6\n";

    private final SteppedReplies replies = new SteppedReplies();
    @AutoClose private final ProxyGateway gateway = ProxyGateway.start(Backend.start(replies));

    @Test
    void ofARequestStayOutOfTheHead() {
        try (Wire wire = gateway.connect()) {
            wire.sendLines("POST /a HTTP/1.1\nHost: test\nTransfer-Encoding: chunked\n\n");
            wire.sendLines("5\nhello\n0\nX-Sum: 1\n" + BAD + "\n");
            BackendExchange exchange = replies.next();
            assertThat(exchange.request().head()).doesNotContain("X-Sum", "evil", "6.6.6.6");
            assertThat(exchange.request().body()).isEqualTo("hello");
            assertThat(exchange.request().rawBody())
                    .doesNotContainIgnoringCase("content-length")
                    .doesNotContainIgnoringCase("transfer-encoding")
                    .doesNotContainIgnoringCase("host")
                    .doesNotContainIgnoringCase("connection")
                    .doesNotContainIgnoringCase("forwarded");
            exchange.ok("done");
            assertThat(wire.answer().body()).isEqualTo("done");
        }
    }

    /// What would name the sender, or frame or change the request, where trailers become headers.
    @Test
    void ofARequestPassOnNothingThatTheGatewaySetsOrDrops() {
        String bad =
                BAD
                        + "Forwarded: for=6.6.6.6\nX-Real-IP: 6.6.6.6\nx-request-id: forged\n"
                        + "X_Request_Id: forged\nVia: 1.1 x\nX-Own: 1\nIf-Match: a\n"
                        + "Proxy-Authorization: Basic eA==\nContent_Length: 7\n";
        String settings = "http-destinations.backend.request-id-header = \"X-Request-Id\"";
        SteppedReplies other = new SteppedReplies();
        try (ProxyGateway named = ProxyGateway.start(Backend.start(other), settings);
                Wire wire = named.connect()) {
            wire.sendLines(
                    "POST /a HTTP/1.1\nHost: test\nConnection: X-Own\n"
                            + "Transfer-Encoding: chunked\n\n");
            wire.sendLines("5\nhello\n0\nX-Sum: 1\n" + bad + "X-Last: 2\n\n");
            BackendExchange exchange = other.next();
            assertThat(exchange.request().rawBody())
                    .endsWith("hello\r\n0\r\nX-Sum: 1\r\nX-Last: 2\r\n\r\n");
            exchange.ok("done");
            assertThat(wire.answer().body()).isEqualTo("done");
        }
    }

    @Test
    void ofAnAnswerPassOnNothingThatBelongsIntoItsHead() {
        try (Wire wire = gateway.connect()) {
            wire.sendLines("GET /a HTTP/1.1\nHost: test\n\n");
            BackendExchange exchange = replies.next();
            exchange.sendLines(
                    "HTTP/1.1 200 OK\nConnection: X-Own\nTransfer-Encoding: chunked\n\n5\nhello\n");
            exchange.sendLines(
                    "0\nX-Sum: 1\nX-Own: 1\nSet-Cookie: a=b\nVary: *\nAge: 1\n" + BAD + "\n");
            exchange.done();
            wire.head();
            wire.expectLines("5\nhello\n0\nX-Sum: 1\n\n");
        }
    }

    @Test
    void ofAnAnswerStayOutOfTheHead() {
        try (Wire wire = gateway.connect()) {
            wire.sendLines("GET /a HTTP/1.1\nHost: test\n\n");
            BackendExchange exchange = replies.next();
            exchange.sendLines("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhello\n");
            exchange.sendLines("0\nX-Sum: 1\n" + BAD + "\n").done();
            Answer head = wire.head();
            assertThat(head.header("X-Sum")).isNull();
            assertThat(Content.whole(wire, head))
                    .startsWith("hello")
                    .doesNotContainIgnoringCase("content-length")
                    .doesNotContainIgnoringCase("transfer-encoding")
                    .doesNotContainIgnoringCase("host")
                    .doesNotContainIgnoringCase("connection");
            wire.sendLines("GET /next HTTP/1.1\nHost: test\n\n");
            replies.next().ok("next");
            assertThat(wire.answer().body()).isEqualTo("next");
        }
    }

    @Test
    void areNothingForAClientThatSpeaksHttp10() {
        try (Wire wire = gateway.connect()) {
            wire.sendLines("GET /a HTTP/1.0\nHost: test\n\n");
            BackendExchange exchange = replies.next();
            exchange.sendLines("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhello\n");
            exchange.sendLines("0\nX-Sum: 1\n\n").done();
            assertThat(wire.answer().body()).isEqualTo("hello");
        }
    }
}
