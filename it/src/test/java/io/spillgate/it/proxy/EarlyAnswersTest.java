package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Answers that come while the request is still being sent.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class EarlyAnswersTest {
    private final SteppedReplies replies = new SteppedReplies();

    @AutoClose
    private final ProxyGateway gateway =
            ProxyGateway.start(Backend.start(Backend.Reading.AT_HEAD, replies));

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 10000000", "Transfer-Encoding: chunked"})
    void arriveAndBothConnectionsClose(String framing) {
        try (Wire wire = gateway.connect()) {
            wire.sendLines("POST /a HTTP/1.1\nHost: test\n" + framing + "\n\n");
            wire.send(piece(framing, 1000));
            BackendExchange exchange = replies.next();
            Await.until("it came", () -> exchange.request().bodySoFar().length() == 1000);
            exchange.sendLines("HTTP/1.1 413 Too Much\nContent-Length: 4\n\nstop");
            Answer answer = wire.answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.body()).isEqualTo("stop");
            assertThat(answer.header("Connection")).isEqualToIgnoringCase("close");
            wire.expectEnd();
            gateway.backend().awaitOpen(0);
            assertThat(exchange.request().isWhole()).isFalse();
        }
        expectOwnAnswer();
    }

    @Test
    void arriveAlsoWhenTheClientGoesOnSending() {
        try (Wire wire = gateway.connect()) {
            wire.sendLines("POST /a HTTP/1.1\nHost: test\nContent-Length: 10000000\n\n");
            replies.next().sendLines("HTTP/1.1 413 Too Much\nContent-Length: 4\n\nstop");
            for (int i = 0; i < 40; i++) {
                wire.trySend("x".repeat(1000));
            }
            Answer answer = wire.answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.body()).isEqualTo("stop");
            gateway.backend().awaitOpen(0);
        }
        expectOwnAnswer();
    }

    @Test
    void arriveWholeWhenTheirBodyTakesLonger() {
        try (Wire wire = gateway.connect()) {
            wire.sendLines("POST /a HTTP/1.1\nHost: test\nContent-Length: 1000\n\n").send("x");
            BackendExchange exchange = replies.next();
            exchange.sendLines("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhello\n");
            Answer head = wire.head();
            Content content = Content.of(wire, head);
            assertThat(content.take(5)).isEqualTo("hello");
            exchange.sendLines("5\nworld\n0\n\n");
            assertThat(content.take(5)).isEqualTo("world");
            content.expectEnd();
            wire.expectEnd();
            gateway.backend().awaitOpen(0);
        }
        expectOwnAnswer();
    }

    @Test
    void arriveAlsoWhenTheBackendClosesAtOnce() {
        try (Wire wire = gateway.connect()) {
            wire.sendLines("POST /a HTTP/1.1\nHost: test\nContent-Length: 1000\n\n").send("x");
            BackendExchange exchange = replies.next();
            exchange.sendLines("HTTP/1.1 403 No\nConnection: close\nContent-Length: 4\n\nstop")
                    .close();
            Answer answer = wire.answer();
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.body()).isEqualTo("stop");
            wire.expectEnd();
        }
        expectOwnAnswer();
    }

    @Test
    void areNotEarlyWhenTheRequestWasSentWhole() {
        try (Wire wire = gateway.connect()) {
            wire.sendLines("POST /a HTTP/1.1\nHost: test\nContent-Length: 5\n\n").send("hello");
            BackendExchange exchange = replies.next();
            assertThat(exchange.request().body()).isEqualTo("hello");
            exchange.sendLines("HTTP/1.1 413 Too Much\nContent-Length: 4\n\nstop").done();
            assertThat(wire.answer().status()).isEqualTo(413);
            wire.sendLines("GET /next HTTP/1.1\nHost: test\n\n");
            BackendExchange next = replies.next();
            assertThat(next.request().connection()).isEqualTo(1);
            next.ok("next");
            assertThat(wire.answer().body()).isEqualTo("next");
        }
    }

    private void expectOwnAnswer() {
        try (Wire wire = gateway.connect().sendLines("GET /next HTTP/1.1\nHost: test\n\n")) {
            BackendExchange exchange = replies.next();
            assertThat(exchange.request().target()).isEqualTo("/next");
            exchange.ok("own");
            assertThat(wire.answer().body()).isEqualTo("own");
        }
    }

    private static String piece(String framing, int length) {
        String body = "x".repeat(length);
        return framing.startsWith("C")
                ? body
                : Integer.toHexString(length) + "\r\n" + body + "\r\n";
    }
}
