package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendReply;
import io.spillgate.it.harness.BackendRequest;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// A backend may close a kept connection in the very moment in which a request is sent over it.
/// Nobody hears of that whose request may be sent twice, and nobody's request is that may not.
final class StaleConnectionTest {
    private static final String NO_RETRIES = "max-retries = 0\nkeep-alive-timeout = \"1 min\"\n";

    @ParameterizedTest
    @CsvSource({"GET, true", "GET, false", "DELETE, true", "OPTIONS, false"})
    void sendsTheRequestAgainIfItMayBeRepeated(String method, boolean byReset) {
        try (Backend backend = Backend.start(onlyTheFirstOf(byReset));
                PoolGateway gateway = PoolGateway.to(backend, NO_RETRIES)) {
            assertThat(gateway.get("1").body()).isEqualTo("/api/1");
            assertThat(gateway.send(method, "2", "").answer().body()).isEqualTo("/api/2");
            assertThat(backend.requests())
                    .extracting(BackendRequest::target, BackendRequest::connection)
                    .containsExactly(tuple("/api/1", 1), tuple("/api/2", 1), tuple("/api/2", 2));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void neverSendsAPostTwice(boolean byReset) {
        try (Backend backend = Backend.start(onlyTheFirstOf(byReset));
                PoolGateway gateway = PoolGateway.to(backend, "max-retries = 5")) {
            assertThat(gateway.get("1").status()).isEqualTo(200);
            assertThat(gateway.post("2", "once").answer().statusLine())
                    .isEqualTo("HTTP/1.1 502 Bad Gateway");
            assertThat(gateway.failures("reset")).isEqualTo(1);
            assertThat(gateway.post("3", "works").answer().status()).isEqualTo(200);
            assertThat(backend.requests())
                    .extracting(BackendRequest::target)
                    .containsExactly("/api/1", "/api/2", "/api/3");
        }
    }

    /// None of the other idle connections is any better.
    @Test
    void sendsItAgainOverAConnectionThatIsNew() {
        CountDownLatch gate = new CountDownLatch(1);
        Backend.Script script =
                (request, reply) -> {
                    if (request.target().startsWith("/api/warm")) {
                        gate.await();
                        reply.ok("warm");
                    } else if (request.connection() <= 5) {
                        reply.close();
                    } else {
                        reply.ok("fresh");
                    }
                };
        try (Backend backend = Backend.start(script);
                PoolGateway gateway = PoolGateway.to(backend, NO_RETRIES)) {
            List<Wire> warm = IntStream.range(0, 5).mapToObj(i -> gateway.ask("warm" + i)).toList();
            backend.awaitRequests(5);
            gate.countDown();
            warm.forEach(Wire::answer);
            assertThat(gateway.get("x").body()).isEqualTo("fresh");
            assertThat(backend.requests()).hasSize(7);
        }
    }

    @Test
    void sendsItAgainAlsoWhenTheAddressHasNoRoomForANewConnection() {
        CountDownLatch gate = new CountDownLatch(1);
        Backend.Script script =
                (request, reply) -> {
                    if (request.target().startsWith("/api/warm")) {
                        gate.await();
                        reply.ok("warm");
                    } else if (request.connection() <= 2) {
                        reply.close();
                    } else {
                        reply.ok("fresh");
                    }
                };
        try (Backend backend = Backend.start(script);
                PoolGateway gateway =
                        PoolGateway.to(
                                backend, NO_RETRIES + "backend-connections-per-ip-port = 2")) {
            List<Wire> warm = List.of(gateway.ask("warm1"), gateway.ask("warm2"));
            backend.awaitRequests(2);
            gate.countDown();
            warm.forEach(Wire::answer);
            assertThat(gateway.get("x").body()).isEqualTo("fresh");
            assertThat(backend.mostOpen()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void doesNotSendItAgainWhenAByteOfAnAnswerHasCome() {
        Backend.Script script =
                (request, reply) -> {
                    if (request.target().equals("/api/1")) {
                        reply.ok("");
                        return;
                    }
                    reply.send("HTTP/1.");
                    reply.close();
                };
        try (Backend backend = Backend.start(script);
                PoolGateway gateway = PoolGateway.to(backend, NO_RETRIES)) {
            assertThat(gateway.get("1").status()).isEqualTo(200);
            assertThat(gateway.get("2").status()).isEqualTo(502);
            assertThat(backend.requests()).hasSize(2);
            assertThat(backend.total()).isEqualTo(1);
        }
    }

    @Test
    void doesNotSendARequestAgainWhoseBodyIsGone() {
        try (Backend backend = Backend.start(Backend.Reading.AT_HEAD, onlyTheFirstOf(false));
                PoolGateway gateway = PoolGateway.to(backend, NO_RETRIES)) {
            gateway.get("1");
            Wire wire = gateway.send("PUT", "2", "", "Transfer-Encoding: chunked");
            wire.send("5\r\nhello\r\n");
            backend.awaitRequests(2);
            wire.trySend("0\r\n\r\n");
            assertThat(wire.answer().status()).isEqualTo(502);
            assertThat(backend.requests()).hasSize(2);
        }
    }

    @Test
    void usesNoConnectionThatTheBackendHasClosed() {
        try (Backend backend = Backend.saying("fine");
                PoolGateway gateway = PoolGateway.to(backend, NO_RETRIES)) {
            for (int i = 1; i <= 20; i++) {
                assertThat(gateway.get("1").status()).isEqualTo(200);
                backend.hangUp();
                Await.until("it is gone", () -> gateway.connections("idle") == 0);
                assertThat(gateway.post("2", "body").answer().status()).isEqualTo(200);
                assertThat(backend.requests()).hasSize(2 * i);
            }
            assertThat(gateway.repeats()).isZero();
        }
    }

    /// The request and the end of the connection pass each other at any distance.
    @Test
    void holdsInEveryRaceOfRequestAndEnd() throws Exception {
        try (Backend backend = Backend.saying("fine");
                PoolGateway gateway = PoolGateway.to(backend, NO_RETRIES)) {
            for (int i = 0; i < 100; i++) {
                assertThat(gateway.get("warm").status()).isEqualTo(200);
                CyclicBarrier together = new CyclicBarrier(2);
                boolean post = i % 2 == 0;
                String target = "/api/race" + i;
                Thread closer =
                        Thread.ofPlatform()
                                .start(() -> {
                                    meet(together);
                                    backend.hangUp();
                                });
                Wire wire = gateway.connect();
                meet(together);
                String line = (post ? "POST" : "GET") + " " + target + " HTTP/1.1\n";
                wire.sendLines(line + "Host: test\n" + (post ? "Content-Length: 0\n\n" : "\n"));
                Answer answer = wire.answer();
                closer.join();
                assertThat(answer.status()).isIn(post ? List.of(200, 502) : List.of(200));
                if (post) {
                    assertThat(posts(backend, target)).isLessThanOrEqualTo(1);
                }
                wire.close();
            }
        }
    }

    /// Serves one request on a connection and ends it when the second one comes.
    private static Backend.Script onlyTheFirstOf(boolean byReset) {
        return (request, reply) -> {
            boolean first = request.target().equals("/api/1");
            if (!first && request.connection() == 1) {
                end(reply, byReset);
            } else {
                reply.ok(request.target());
            }
        };
    }

    private static void end(BackendReply reply, boolean byReset) throws IOException {
        if (byReset) {
            reply.reset();
        } else {
            reply.close();
        }
    }

    private static long posts(Backend backend, String target) {
        return backend.requests().stream()
                .filter(one -> one.method().equals("POST") && one.target().equals(target))
                .count();
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
