package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Interim answers of a backend, and the expectations of clients.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class InterimAnswersTest {
    private final SteppedReplies replies = new SteppedReplies();

    @AutoClose
    private final ProxyGateway gateway =
            ProxyGateway.start(Backend.start(Backend.Reading.AT_HEAD, replies));

    @Test
    void reachTheClientWhileTheFinalAnswerIsAwaited() {
        try (Wire wire = gateway.connect().sendLines("GET /a HTTP/1.1\nHost: test\n\n")) {
            BackendExchange exchange = replies.next();
            exchange.sendLines("HTTP/1.1 103 Early Hints\nLink: </a.css>; rel=preload\n\n");
            Answer hints = wire.head();
            assertThat(hints.status()).isEqualTo(103);
            assertThat(hints.header("Link")).isEqualTo("</a.css>; rel=preload");
            assertThat(hints.header("Content-Length")).isNull();
            assertThat(hints.header("Transfer-Encoding")).isNull();
            exchange.ok("final");
            assertThat(wire.answer().body()).isEqualTo("final");
        }
    }

    @Test
    void loseTheirHopByHopHeaders() {
        try (Wire wire = gateway.connect().sendLines("GET /a HTTP/1.1\nHost: test\n\n")) {
            BackendExchange exchange = replies.next();
            exchange.sendLines("HTTP/1.1 103 Early Hints\nConnection: X-Own\nX-Own: 1\nA: b\n\n");
            Answer hints = wire.head();
            assertThat(hints.header("A")).isEqualTo("b");
            assertThat(hints.header("X-Own")).isNull();
            assertThat(hints.header("Connection")).isNull();
            exchange.ok("final");
            assertThat(wire.answer().body()).isEqualTo("final");
        }
    }

    /// Whoever believed a length would take so much of the final answer for content.
    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 27", "Transfer-Encoding: chunked"})
    void loseTheirFraming(String framing) {
        try (Wire wire = gateway.connect().sendLines("GET /a HTTP/1.1\nHost: test\n\n")) {
            BackendExchange exchange = replies.next();
            exchange.sendLines("HTTP/1.1 103 Early Hints\nLink: </a>\n" + framing + "\n\n");
            wire.expectLines("HTTP/1.1 103 Early Hints\nLink: </a>\n\n");
            exchange.ok("final");
            assertThat(wire.answer().body()).isEqualTo("final");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"100 Continue", "103 Early Hints"})
    void areNotForClientsThatSpeakHttp10(String interim) {
        try (Wire wire = gateway.connect().sendLines("GET /a HTTP/1.0\nHost: test\n\n")) {
            replies.next().sendLines("HTTP/1.1 " + interim + "\nLink: </a>\n\n").ok("final");
            Answer answer = wire.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("final");
        }
    }

    @Test
    void areSkippedWhenTheySayContinue() {
        try (Wire wire = gateway.connect().sendLines("GET /a HTTP/1.1\nHost: test\n\n")) {
            replies.next().sendLines("HTTP/1.1 100 Continue\n\nHTTP/1.1 100\n\n").ok("final");
            Answer answer = wire.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("final");
        }
    }

    @Test
    void mayBeFifty() {
        try (Wire wire = gateway.connect().sendLines("GET /a HTTP/1.1\nHost: test\n\n")) {
            replies.next().sendLines("HTTP/1.1 100 Continue\n\n".repeat(50)).ok("final");
            assertThat(wire.answer().body()).isEqualTo("final");
        }
    }

    @Test
    void comeFromTheGatewayWhenAClientWaitsForOne() {
        try (Wire wire = gateway.connect()) {
            wire.sendLines(
                    """
                    POST /a HTTP/1.1
                    Host: test
                    Content-Length: 5
                    Expect: 100-continue

                    """);
            wire.expectLines("HTTP/1.1 100 Continue\n\n").send("hello");
            BackendExchange exchange = replies.next();
            assertThat(exchange.request().header("Expect")).isNull();
            assertThat(exchange.request().body()).isEqualTo("hello");
            exchange.sendLines("HTTP/1.1 100 Continue\n\n").ok("final");
            Answer answer = wire.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("final");
        }
    }

    @Test
    void doNotComeFromTheGatewayForClientsThatSpeakHttp10() {
        try (Wire wire = gateway.connect()) {
            wire.sendLines(
                    "POST /a HTTP/1.0\nHost: test\nContent-Length: 5\nExpect: 100-continue\n\n");
            wire.send("hello");
            BackendExchange exchange = replies.next();
            assertThat(exchange.request().header("Expect")).isNull();
            exchange.ok("final");
            assertThat(wire.answer().status()).isEqualTo(200);
        }
    }
}
