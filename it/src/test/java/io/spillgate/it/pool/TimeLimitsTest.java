package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendReply;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// How long an answer may take, and what becomes of the connection when it takes longer.
final class TimeLimitsTest {
    private static final String HALF_AN_ANSWER = "HTTP/1.1 200 OK\nContent-Length: 10\n\nhalf-";

    private final Backend.Script silentAtFirst =
            (request, reply) -> {
                if (request.connection() == 1) {
                    reply.hang();
                }
                reply.ok("fine");
            };

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void answers504WhenTheRequestTakesTooLongAndNeverUsesTheConnectionAgain(String method) {
        try (Backend backend = Backend.start(silentAtFirst);
                PoolGateway gateway = PoolGateway.to(backend, "max-request-timeout = \"300ms\"")) {
            long start = System.nanoTime();
            Wire wire = gateway.send(method, "1", "");
            Answer answer = wire.answer();
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(290), Duration.ofSeconds(5));
            assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 504 Gateway Timeout");
            assertThat(gateway.failures("timeout")).isEqualTo(1);
            backend.awaitOpen(0);
            assertThat(gateway.get("2").body()).isEqualTo("fine");
            assertThat(backend.requests()).hasSize(2);
            assertThat(backend.total()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"max-request-timeout = \"300ms\"", "client.idle-timeout = \"300ms\""})
    void answers504WhenTheClientDoesNotSendItsBody(String key) {
        try (Backend backend = Backend.saying("never");
                PoolGateway gateway = PoolGateway.to(backend, key)) {
            Wire wire = gateway.send("POST", "1", "half-", "Content-Length: 10");
            assertThat(wire.answer().status()).isEqualTo(504);
            wire.expectEnd();
            backend.awaitOpen(0);
            assertThat(backend.await(1).isWhole()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"max-request-timeout = \"300ms\"", "client.idle-timeout = \"300ms\""})
    void cutsAnAnswerThatHasBegun(String key) {
        Backend.Script half =
                (request, reply) -> {
                    reply.sendLines(HALF_AN_ANSWER);
                    reply.hang();
                };
        try (Backend backend = Backend.start(half);
                PoolGateway gateway = PoolGateway.to(backend, key)) {
            Wire wire = gateway.ask("1");
            assertThat(wire.head().status()).isEqualTo(200);
            wire.expect("half-");
            PoolGateway.expectCut(wire);
            backend.awaitOpen(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"max-request-timeout = \"300ms\"", "client.idle-timeout = \"300ms\""})
    void cutsAChunkedAnswerThatHasBegunWithoutItsLastChunk(String key) {
        Backend.Script half =
                (request, reply) -> {
                    reply.sendLines("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhalf-\n");
                    reply.hang();
                };
        try (Backend backend = Backend.start(half);
                PoolGateway gateway = PoolGateway.to(backend, key)) {
            Wire wire = gateway.ask("1");
            assertThat(wire.head().status()).isEqualTo(200);
            wire.expectLines("5\nhalf-\n");
            PoolGateway.expectCut(wire);
        }
    }

    @Test
    void countsTheRequestTimeoutFromTheFirstByteSentHoweverTheAnswerTrickles() {
        Backend.Script trickling =
                (request, reply) -> {
                    reply.sendLines("HTTP/1.1 200 OK\nContent-Length: 1000000\n\n");
                    trickle(reply, 1000);
                };
        try (Backend backend = Backend.start(trickling);
                PoolGateway gateway = PoolGateway.to(backend, "max-request-timeout = \"400ms\"")) {
            Wire wire = gateway.ask("1");
            assertThat(wire.head().status()).isEqualTo(200);
            backend.awaitOpen(0);
            assertThat(received(wire)).isBetween(1, 100);
        }
    }

    /// Each of the two takes three quarters of the limit, one after the other.
    @Test
    void doesNotCountTheTimeInTheQueue() {
        Backend.Script slow =
                (request, reply) -> {
                    pause(1500);
                    reply.ok("fine");
                };
        String keys = "backend-connections-per-ip-port = 1\nmax-request-timeout = \"2s\"";
        try (Backend backend = Backend.start(slow);
                PoolGateway gateway = PoolGateway.to(backend, keys)) {
            Wire first = gateway.ask("1");
            backend.awaitRequests(1);
            Wire second = gateway.ask("2");
            gateway.awaitQueued(1);
            assertThat(first.answer().body()).isEqualTo("fine");
            assertThat(second.answer().body()).isEqualTo("fine");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void answers504WhenTheConnectionIsSilentForTooLongAndDoesNotTryAgain(String method) {
        try (Backend backend = Backend.start(silentAtFirst);
                PoolGateway gateway = PoolGateway.to(backend, "client.idle-timeout = \"300ms\"")) {
            Wire wire = gateway.send(method, "1", "");
            assertThat(wire.answer().statusLine()).isEqualTo("HTTP/1.1 504 Gateway Timeout");
            assertThat(gateway.failures("idle")).isEqualTo(1);
            backend.awaitOpen(0);
            assertThat(backend.requests()).hasSize(1);
            assertThat(gateway.get("2").body()).isEqualTo("fine");
        }
    }

    @Test
    void doesNotTakeATricklingAnswerForASilentOne() {
        Backend.Script trickling =
                (request, reply) -> {
                    reply.sendLines("HTTP/1.1 200 OK\nContent-Length: 30\n\n");
                    trickle(reply, 30);
                };
        try (Backend backend = Backend.start(trickling);
                PoolGateway gateway = PoolGateway.to(backend, "client.idle-timeout = \"900ms\"")) {
            assertThat(gateway.get("1").body()).isEqualTo("x".repeat(30));
        }
    }

    @Test
    void leavesAnEventStreamOfTheBackendAloneHoweverSilentItIs() {
        Backend.Script stream =
                (request, reply) -> {
                    reply.sendLines("HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\n");
                    reply.sendLines("data: 1\n\n");
                    pause(1200);
                    reply.sendLines("data: 2\n\n");
                    reply.hang();
                };
        String keys = "client.idle-timeout = \"300ms\"\nmax-request-timeout = \"400ms\"";
        try (Backend backend = Backend.start(stream);
                PoolGateway gateway = PoolGateway.to(backend, keys)) {
            Wire wire = gateway.ask("1");
            assertThat(wire.head().status()).isEqualTo(200);
            wire.expectLines("b\ndata: 1\n\n\n");
            wire.expectLines("b\ndata: 2\n\n\n");
            wire.close();
            backend.awaitOpen(0);
        }
    }

    @Test
    void closesAnIdleConnectionThatIsSilentForTooLong() {
        String keys = "client.idle-timeout = \"300ms\"\nkeep-alive-timeout = \"1 hour\"";
        try (Backend backend = Backend.saying("fine");
                PoolGateway gateway = PoolGateway.to(backend, keys)) {
            assertThat(gateway.get("1").status()).isEqualTo(200);
            backend.awaitOpen(0);
        }
    }

    private static void trickle(BackendReply reply, int count) throws Exception {
        for (int i = 0; i < count && !reply.isEnded(); i++) {
            reply.send("x");
            pause(50);
        }
    }

    /// How much comes until the end, of whichever kind it is.
    private static int received(Wire wire) {
        int count = 0;
        try {
            while (wire.read() >= 0) {
                count++;
            }
        } catch (AssertionError e) {
            assertThat(e).hasMessageNotContaining("nothing came");
        }
        return count;
    }

    private static void pause(long millis) {
        long start = System.nanoTime();
        long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() - start < nanos) {
            LockSupport.parkNanos(nanos);
        }
    }
}
