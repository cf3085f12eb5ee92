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

/// Answers that break after their head has gone to the client: the client can tell, and nobody else
/// is concerned.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class BrokenAnswersTest {
    private final SteppedReplies replies = new SteppedReplies();
    @AutoClose private final ProxyGateway gateway = ProxyGateway.start(Backend.start(replies));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5\r\nwor",
                "5\r\nworld",
                "5\r\nworld\r\n",
                "5",
                "0\r\n",
                "0\r\nA: b\r\n",
            })
    void cutsAnAnswerWhoseChunksEndEarly(String rest) {
        try (Wire wire = ask()) {
            expectCut(
                    wire, begin(wire, "Transfer-Encoding: chunked", "5\r\nhello\r\n"), rest, true);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "g\r\n",
                "-5\r\nworld\r\n0\r\n\r\n",
                "+5\r\nworld\r\n0\r\n\r\n",
                "0x5\r\nworld\r\n0\r\n\r\n",
                " 5\r\nworld\r\n0\r\n\r\n",
                "5 5\r\nworld\r\n0\r\n\r\n",
                "\r\n0\r\n\r\n",
                "5\nworld\r\n0\r\n\r\n",
                "5\r\nworld\n0\r\n\r\n",
                "5\r\nworld!\r\n0\r\n\r\n",
                "5\r\nworld0\r\n\r\n",
                "5;a\nb\r\nworld\r\n0\r\n\r\n",
                "5;a=\u0000\r\nworld\r\n0\r\n\r\n",
                "FFFFFFFFFFFFFFFFF\r\nworld\r\n0\r\n\r\n",
                "0\r\nA: b\n\r\n",
                "0\r\nA: b\u0000\r\n\r\n",
                "0\n\r\n",
            })
    void cutsAnAnswerWhoseChunksGoWrong(String rest) {
        try (Wire wire = ask()) {
            expectCut(
                    wire, begin(wire, "Transfer-Encoding: chunked", "5\r\nhello\r\n"), rest, false);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "wor"})
    void cutsAnAnswerThatIsShorterThanItSaid(String rest) {
        try (Wire wire = ask()) {
            expectCut(wire, begin(wire, "Content-Length: 10", "hello"), rest, true);
        }
    }

    @Test
    void cutsAnAnswerWhoseConnectionIsReset() {
        for (String framing : new String[] {"Content-Length: 10", "Transfer-Encoding: chunked"}) {
            String content = framing.startsWith("C") ? "hello" : "5\r\nhello\r\n";
            try (Wire wire = ask()) {
                begin(wire, framing, content).reset();
                assertThat(Content.untilGone(wire)).doesNotContain("0\r\n\r\n");
            }
        }
        expectOwnAnswer();
    }

    private Wire ask() {
        return gateway.connect().sendLines("GET /broken HTTP/1.1\nHost: test\n\n");
    }

    /// Lets the backend say the head and some content, and reads that.
    private BackendExchange begin(Wire wire, String framing, String content) {
        BackendExchange exchange = replies.next();
        exchange.sendLines("HTTP/1.1 200 OK\n" + framing + "\n\n").send(content);
        Answer head = wire.head();
        assertThat(head.status()).isEqualTo(200);
        assertThat(Content.of(wire, head).take(5)).isEqualTo("hello");
        return exchange;
    }

    private void expectCut(Wire wire, BackendExchange exchange, String rest, boolean thenClose) {
        exchange.send(rest);
        if (thenClose) {
            exchange.close();
        }
        String got = Content.untilGone(wire);
        assertThat(got).doesNotContain("0\r\n\r\n");
        assertThat(got.length()).isLessThan(5 + 10);
        gateway.backend().awaitOpen(0);
        expectOwnAnswer();
    }

    private void expectOwnAnswer() {
        try (Wire wire = gateway.connect().sendLines("GET /next HTTP/1.1\nHost: test\n\n")) {
            BackendExchange exchange = replies.next();
            assertThat(exchange.request().target()).isEqualTo("/next");
            exchange.ok("own");
            assertThat(wire.answer().body()).isEqualTo("own");
        }
    }
}
