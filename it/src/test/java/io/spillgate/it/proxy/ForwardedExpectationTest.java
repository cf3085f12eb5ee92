package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;

/// `Expect: 100-continue` on a route that leaves the answer to the backend.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ForwardedExpectationTest {
    private static final Duration MOMENT = Duration.ofMillis(300);
    private static final String HEAD = "POST /a HTTP/1.1\nHost: test\nExpect: 100-continue\n%s\n\n";
    private static final String CONTINUE = "HTTP/1.1 100 Continue\n\n";

    private final SteppedReplies replies = new SteppedReplies();
    private ProxyGateway gateway = start("");

    @AfterEach
    void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 5", "Transfer-Encoding: chunked"})
    void theBackendAsksForTheBody(String framing) {
        try (Wire wire = gateway.connect().sendLines(HEAD.formatted(framing))) {
            BackendExchange exchange = replies.next();
            assertThat(exchange.request().header("Expect")).isEqualTo("100-continue");
            wire.expectSilence(MOMENT);
            exchange.sendLines(CONTINUE);
            wire.expectLines(CONTINUE);
            wire.send(framing.startsWith("C") ? "hello" : "5\r\nhello\r\n0\r\n\r\n");
            assertThat(exchange.request().body()).isEqualTo("hello");
            exchange.ok("thanks");
            assertThat(wire.answer().body()).isEqualTo("thanks");
            wire.sendLines("GET /next HTTP/1.1\nHost: test\n\n");
            BackendExchange next = replies.next();
            assertThat(next.request().connection()).isEqualTo(1);
            next.ok("next");
            assertThat(wire.answer().body()).isEqualTo("next");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 413, 417})
    void theBackendRefusesBeforeABodyWasSent(int status) {
        try (Wire wire = gateway.connect().sendLines(HEAD.formatted("Content-Length: 30000000"))) {
            BackendExchange exchange = replies.next();
            exchange.sendLines("HTTP/1.1 " + status + " No\nContent-Length: 4\n\nstop");
            Answer answer = wire.answer();
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.body()).isEqualTo("stop");
            assertThat(exchange.request().bodySoFar()).isEmpty();
            exchange.expectGone(Duration.ofSeconds(1));
        }
    }

    @Test
    void aBodyThatComesAllTheSameIsPassedOn() {
        try (Wire wire = gateway.connect().sendLines(HEAD.formatted("Content-Length: 5"))) {
            BackendExchange exchange = replies.next();
            wire.send("hel");
            Await.until("it came", () -> exchange.request().bodySoFar().equals("hel"));
            wire.send("lo");
            assertThat(exchange.request().body()).isEqualTo("hello");
            exchange.ok("thanks");
            assertThat(wire.answer().body()).isEqualTo("thanks");
        }
    }

    /// A backend that never looked at the body would take it for the next request.
    @Test
    void aBackendThatDidNotAskGetsNoOtherRequestBehindTheBody() {
        try (Wire wire = gateway.connect()) {
            wire.sendLines(HEAD.formatted("Content-Length: 5")).send("hello");
            BackendExchange exchange = replies.next();
            assertThat(exchange.request().body()).isEqualTo("hello");
            exchange.sendLines("HTTP/1.1 401 No\nContent-Length: 4\n\nstop").done();
            assertThat(wire.answer().status()).isEqualTo(401);
            gateway.backend().awaitOpen(0);
        }
    }

    /// Neither the client, which is not asked, nor the gateway is late.
    @Test
    void itIsTheBackendWhoIsLate() {
        gateway.close();
        gateway =
                start(
                        "server.requestTimeout = 600\n"
                                + "http-destinations.backend.max-request-timeout = \"1s\"");
        try (Wire wire = gateway.connect().sendLines(HEAD.formatted("Content-Length: 5"))) {
            replies.next();
            assertThat(wire.answer().status()).isEqualTo(504);
        }
    }

    @Test
    void theClientHasItsTimeFromTheInvitationOn() {
        gateway.close();
        gateway = start("server.requestTimeout = 1000");
        try (Wire wire = gateway.connect().sendLines(HEAD.formatted("Content-Length: 5"))) {
            BackendExchange exchange = replies.next();
            wire.expectSilence(Duration.ofMillis(1500));
            exchange.sendLines(CONTINUE);
            wire.expectLines(CONTINUE).expectSilence(MOMENT);
            wire.send("hello");
            assertThat(exchange.request().body()).isEqualTo("hello");
            exchange.ok("thanks");
            assertThat(wire.answer().body()).isEqualTo("thanks");
        }
    }

    @Test
    void anotherRouteAsksItself() {
        gateway.close();
        gateway = ProxyGateway.start(Backend.start(Backend.Reading.AT_HEAD, replies));
        try (Wire wire = gateway.connect().sendLines(HEAD.formatted("Content-Length: 5"))) {
            BackendExchange exchange = replies.next();
            assertThat(exchange.request().header("Expect")).isNull();
            wire.expectLines(CONTINUE);
        }
    }

    private ProxyGateway start(String settings) {
        Backend backend = Backend.start(Backend.Reading.AT_HEAD, replies);
        return ProxyGateway.start(backend, settings, "expect = 'forward'");
    }
}
