package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.concurrent.CountDownLatch;

/// Which connections serve another request, and which must not.
final class ConnectionReuseTest {
    private static final String LONG = "keep-alive-timeout = \"1 min\"\nmax-retries = 0";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\nConnection: close\nContent-Length: 4\n\nlast",
                "HTTP/1.1 200 OK\nConnection: x, Close\nContent-Length: 4\n\nlast",
                "HTTP/1.0 200 OK\nContent-Length: 4\n\nlast",
                "HTTP/1.1 200 OK\nContent-Length: 4\n\nlastHTTP/1.1 200 OK\n",
                "HTTP/1.1 200 OK\nContent-Length: 4\n\nlast\n",
                "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n4\nlast\n0\n\nx"
            })
    void isNotUsedAgainAfterAnAnswerThatForbidsIt(String answer) {
        Backend.Script script =
                (request, reply) -> {
                    if (request.connection() == 1) {
                        reply.sendLines(answer);
                        reply.hang();
                    }
                    reply.ok("next");
                };
        try (Backend backend = Backend.start(script);
                PoolGateway gateway = PoolGateway.to(backend, LONG)) {
            assertThat(gateway.get("1").body()).isEqualTo("last");
            backend.awaitOpen(0);
            assertThat(gateway.get("2").body()).isEqualTo("next");
            assertThat(backend.await(2).connection()).isEqualTo(2);
        }
    }

    @Test
    void isUsedAgainAfterAnOldAnswerThatAllowsIt() {
        Backend.Script script =
                (request, reply) ->
                        reply.sendLines(
                                "HTTP/1.0 200 OK\n"
                                        + "Connection: keep-alive\n"
                                        + "Content-Length: 3\n\n"
                                        + "old");
        try (Backend backend = Backend.start(script);
                PoolGateway gateway = PoolGateway.to(backend, LONG)) {
            assertThat(gateway.get("1").body() + gateway.get("2").body()).isEqualTo("oldold");
            assertThat(backend.total()).isEqualTo(1);
        }
    }

    @Test
    void isUsedAgainAfterHeadAndAfterAnswersWithoutABody() {
        Backend.Script script =
                (request, reply) -> {
                    switch (request.target()) {
                        case "/api/head" ->
                                reply.sendLines("HTTP/1.1 200 OK\nContent-Length: 1000\n\n");
                        case "/api/304" ->
                                reply.sendLines(
                                        "HTTP/1.1 304 Not Modified\nContent-Length: 1000\n\n");
                        case "/api/204" -> reply.sendLines("HTTP/1.1 204 No Content\n\n");
                        default -> reply.ok("body");
                    }
                };
        try (Backend backend = Backend.start(script);
                PoolGateway gateway = PoolGateway.to(backend, LONG)) {
            assertThat(gateway.send("HEAD", "head", "").head().header("Content-Length"))
                    .isEqualTo("1000");
            assertThat(gateway.get("304").status()).isEqualTo(304);
            assertThat(gateway.get("204").status()).isEqualTo(204);
            assertThat(gateway.get("get").body()).isEqualTo("body");
            assertThat(backend.total()).isEqualTo(1);
        }
    }

    @Test
    void isClosedWhenTheBackendSaysSomethingUnasked() {
        CountDownLatch idle = new CountDownLatch(1);
        Backend.Script script =
                (request, reply) -> {
                    reply.ok(request.target());
                    if (request.connection() == 1) {
                        idle.await();
                        reply.sendLines("HTTP/1.1 200 OK\nContent-Length: 6\n\nforged");
                    }
                };
        try (Backend backend = Backend.start(script);
                PoolGateway gateway = PoolGateway.to(backend, LONG)) {
            assertThat(gateway.get("1").body()).isEqualTo("/api/1");
            Await.until("it is idle", () -> gateway.connections("idle") == 1);
            idle.countDown();
            backend.awaitOpen(0);
            assertThat(gateway.get("2").body()).isEqualTo("/api/2");
        }
    }

    @Test
    void isClosedAfterAnAnswerThatCameBeforeTheRequestWasSent() {
        Backend.Script early =
                (request, reply) -> {
                    reply.sendLines("HTTP/1.1 403 Forbidden\nContent-Length: 2\n\nno");
                    reply.hang();
                };
        try (Backend backend = Backend.start(Backend.Reading.AT_HEAD, early);
                PoolGateway gateway = PoolGateway.to(backend, LONG)) {
            Wire wire = gateway.send("POST", "1", "begin", "Content-Length: 1000000");
            assertThat(wire.answer().status()).isEqualTo(403);
            backend.awaitOpen(0);
            wire.expectEnd();
        }
    }

    @Test
    void isClosedWhenTheClientLeavesDuringTheAnswer() {
        Backend.Script endless =
                (request, reply) -> {
                    reply.sendLines("HTTP/1.1 200 OK\nContent-Length: 1000000\n\nbegin");
                    reply.hang();
                };
        try (Backend backend = Backend.start(endless);
                PoolGateway gateway = PoolGateway.to(backend, LONG)) {
            Wire wire = gateway.ask("1");
            assertThat(wire.head().status()).isEqualTo(200);
            wire.close();
            backend.awaitOpen(0);
            Await.until("nothing runs", () -> gateway.inFlight() == 0);
        }
    }

    @Test
    void isClosedWhenTheClientLeavesBeforeTheAnswer() {
        try (Backend backend = Backend.start((request, reply) -> reply.hang());
                PoolGateway gateway = PoolGateway.to(backend, LONG)) {
            Wire wire = gateway.ask("1");
            backend.awaitRequests(1);
            wire.halfClose();
            backend.awaitOpen(0);
            Await.until("nothing runs", () -> gateway.inFlight() == 0);
        }
    }
}
