package io.spillgate.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.List;

/// Event streams of backends that say nothing for a long time, on a route with `keepalive`.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SilentStreamsTest {
    private static final String HEAD =
            "HTTP/1.1 200 OK\nContent-Type: text/event-stream\nTransfer-Encoding: chunked\n";
    private static final String COMMENT = "c\r\n: keepalive\n\r\n";
    private static final String COMMENTS = "spillgate_proxy_keepalives_total";
    private static final Duration LONG = Duration.ofMillis(2100);
    private static final Duration MOMENT = Duration.ofMillis(50);

    private final SteppedReplies replies = new SteppedReplies();
    private ProxyGateway gateway = start("keepalive = 1");

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void getCommentsWhereALineHasEnded() {
        try (Wire wire = ask("GET")) {
            BackendExchange exchange = replies.next();
            exchange.sendLines(HEAD + "\n");
            wire.head();
            wire.expect(COMMENT);
            exchange.sendChunk("id: 1\ndata: a\n");
            wire.expect("e\r\nid: 1\ndata: a\n\r\n").expect(COMMENT);
            exchange.sendChunk("\ndata: ");
            wire.expect("7\r\n\ndata: \r\n").expectSilence(LONG);
            exchange.sendChunk("b\n\n");
            wire.expect("3\r\nb\n\n\r\n").expect(COMMENT).expect(COMMENT);
            exchange.send("0\r\n\r\n").done();
            wire.expect("0\r\n\r\n");
        }
        assertThat(gateway.gateway().metric(COMMENTS)).isEqualTo(4);
    }

    /// .NET's writers send it first, alone.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void loseAByteOrderMarkThatWouldStandBehindAComment(int cut) {
        try (Wire wire = ask("GET")) {
            BackendExchange exchange = replies.next();
            exchange.sendLines(HEAD + "\n");
            wire.head();
            wire.expect(COMMENT);
            String stream = "\u00ef\u00bb\u00bfdata: a\n\n";
            exchange.sendChunk(stream.substring(0, cut));
            wire.expect(cut > 3 ? "1\r\nd\r\n" : "").expectSilence(MOMENT);
            exchange.sendChunk(stream.substring(cut));
            String rest = "data: a\n\n".substring(Math.max(0, cut - 3));
            wire.expect(Integer.toHexString(rest.length()) + "\r\n" + rest + "\r\n");
        }
    }

    @Test
    void areNotHeldBackOnTheWay() {
        try (Wire wire = ask("GET")) {
            BackendExchange exchange = replies.next();
            exchange.sendLines(HEAD + "\n");
            Answer head = wire.head();
            assertThat(head.values("X-Accel-Buffering")).containsExactly("no");
            assertThat(head.values("Incremental")).containsExactly("?1");
        }
    }

    @Test
    void keepWhatTheBackendSaysOfBuffers() {
        try (Wire wire = ask("GET")) {
            BackendExchange exchange = replies.next();
            exchange.sendLines(HEAD + "X-Accel-Buffering: yes\nIncremental: ?0\n\n");
            Answer head = wire.head();
            assertThat(head.values("X-Accel-Buffering")).containsExactly("yes");
            assertThat(head.values("Incremental")).containsExactly("?0");
        }
    }

    @Test
    void getNothingBeforeTheirHead() {
        try (Wire wire = ask("GET")) {
            BackendExchange exchange = replies.next();
            wire.expectSilence(LONG);
            exchange.sendLines("HTTP/1.1 503 Busy\nContent-Length: 4\n\nbusy").done();
            assertThat(wire.answer().status()).isEqualTo(503);
        }
    }

    @Test
    void getNothingIntoWhatIsCountedOrEncoded() {
        List<Wire> all =
                List.of(
                        silent("Content-Length: 100", "text/event-stream"),
                        silent(
                                "Transfer-Encoding: chunked\nContent-Encoding: gzip",
                                "text/event-stream"),
                        silent("Transfer-Encoding: chunked", "text/plain"));
        all.getFirst().expectSilence(LONG);
        all.forEach(wire -> wire.expectSilence(MOMENT));
        all.forEach(Wire::close);
    }

    @Test
    void getNothingWhereNobodyWantsIt() {
        gateway.close();
        gateway = start("");
        try (Wire wire = silent("Transfer-Encoding: chunked", "text/event-stream")) {
            wire.expectSilence(LONG);
        }
    }

    @Test
    void reachAClientThatSpeaksHttp10() {
        try (Wire wire = gateway.connect().sendLines("GET /a HTTP/1.0\nHost: test\n\n")) {
            replies.next().sendLines(HEAD + "\n");
            wire.head();
            wire.expect(": keepalive\n");
        }
    }

    @Test
    void areCancelledWhenTheirClientLeaves() {
        BackendExchange exchange;
        try (Wire wire = ask("GET")) {
            exchange = replies.next();
            exchange.sendLines(HEAD + "\n");
            wire.head();
            wire.expect(COMMENT);
        }
        exchange.expectGone(Duration.ofSeconds(1));
    }

    @Test
    void areReadByAClientOfEvents() {
        try (Wire wire = ask("POST")) {
            BackendExchange exchange = replies.next();
            exchange.sendLines(HEAD + "\n");
            EventStream stream = EventStream.over(wire, wire.head());
            exchange.sendChunk("id: 1\ndata: a\n");
            gateway.gateway().awaitMetric(COMMENTS, 1);
            exchange.sendChunk("data: b\n\n");
            assertThat(stream.event().data()).isEqualTo("a\nb");
        }
    }

    private Wire silent(String framing, String type) {
        Wire wire = ask("GET");
        replies.next()
                .sendLines("HTTP/1.1 200 OK\nContent-Type: " + type + "\n" + framing + "\n\n");
        wire.head();
        return wire;
    }

    private ProxyGateway start(String routeKeys) {
        return ProxyGateway.start(Backend.start(replies), "", routeKeys);
    }

    private Wire ask(String method) {
        return gateway.connect()
                .sendLines(method + " /a HTTP/1.1\nHost: test\nContent-Length: 0\n\n");
    }
}
