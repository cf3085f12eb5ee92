package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.concurrent.TimeUnit;

/// A new connection that brings no answer: who may be repeated is, as often as told and as the
/// budget allows.
final class RetriesTest {
    private final Backend.Script closing = (request, reply) -> reply.close();

    @ParameterizedTest
    @CsvSource({
        "GET, 0, 1",
        "GET, 1, 2",
        "GET, 3, 4",
        "DELETE, 3, 4",
        "OPTIONS, 2, 3",
        "POST, 3, 1",
        "PATCH, 3, 1"
    })
    void attemptsARequestAsOftenAsToldIfItMayBeRepeated(String method, int most, int attempts) {
        try (Backend backend = Backend.start(closing);
                PoolGateway gateway = PoolGateway.to(backend, "max-retries = " + most)) {
            Answer answer = gateway.send(method, "1", "").answer();
            assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 502 Bad Gateway");
            assertThat(backend.requests()).hasSize(attempts);
            assertThat(gateway.failures("reset")).isEqualTo(1);
            assertThat(gateway.retries()).isEqualTo(attempts - 1);
        }
    }

    @Test
    void attemptsItSixTimesIfNotTold() {
        try (Backend backend = Backend.start(closing);
                PoolGateway gateway = PoolGateway.host(backend, "")) {
            assertThat(gateway.get("1").status()).isEqualTo(502);
            assertThat(backend.requests()).hasSize(6);
        }
    }

    @Test
    void goesOnWithTheFirstAttemptThatWorks() {
        Backend.Script third =
                (request, reply) -> {
                    if (request.connection() < 3) {
                        reply.reset();
                    } else {
                        reply.ok("third");
                    }
                };
        try (Backend backend = Backend.start(third);
                PoolGateway gateway = PoolGateway.to(backend, "max-retries = 5")) {
            assertThat(gateway.get("1").body()).isEqualTo("third");
            assertThat(backend.requests()).hasSize(3);
            assertThat(gateway.retries()).isEqualTo(2);
            assertThat(gateway.failures("reset")).isZero();
        }
    }

    @Test
    void neverRetriesAnAnswerWhateverItsStatus() {
        Backend.Script unavailable =
                (request, reply) ->
                        reply.sendLines("HTTP/1.1 503 Service Unavailable\nContent-Length: 0\n\n");
        try (Backend backend = Backend.start(unavailable);
                PoolGateway gateway = PoolGateway.to(backend, "max-retries = 5")) {
            assertThat(gateway.get("1").status()).isEqualTo(503);
            assertThat(backend.requests()).hasSize(1);
            assertThat(gateway.repeats()).isZero();
        }
    }

    @Test
    void neverRetriesAHalfAnswer() {
        Backend.Script half =
                (request, reply) -> {
                    reply.sendLines("HTTP/1.1 200 OK\nContent-Length: 10\n");
                    reply.close();
                };
        try (Backend backend = Backend.start(half);
                PoolGateway gateway = PoolGateway.to(backend, "max-retries = 5")) {
            assertThat(gateway.get("1").status()).isEqualTo(502);
            assertThat(backend.requests()).hasSize(1);
        }
    }

    /// A hundred requests would like five hundred retries; the budget has three a second, over ten
    /// seconds, or a fifth of the requests.
    @Test
    void keepsTheRetriesOfAPoolWithinItsBudget() throws InterruptedException {
        try (Backend backend = Backend.start(closing);
                PoolGateway gateway = PoolGateway.to(backend, "max-retries = 5")) {
            long start = System.nanoTime();
            Rush rush = new Rush(gateway, 100);
            rush.start();
            rush.join();
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
            assertThat(rush.statuses()).hasSize(100).containsOnly(502);
            assertThat(backend.requests().size() - 100).isEqualTo(gateway.repeats());
            assertThat(gateway.retries()).isBetween(20, 30 + 30 * (int) (seconds / 10));
        }
    }
}
