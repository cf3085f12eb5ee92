package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendSilence;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// An address of a destination that fails is left out while another one is well, and found again
/// soon after it is back.
final class IllAddressesTest {
    private static final Backend.Script HANGING = (request, reply) -> reply.hang();
    private static final Backend.Script BUSY =
            (request, reply) ->
                    reply.sendLines("HTTP/1.1 503 Service Unavailable\nContent-Length: 0\n\n");

    @Test
    void doesNotWaitLongerThanASecondForABackendThatIsBack() {
        try (Backend backend = Backend.saying("fine");
                PoolGateway gateway =
                        PoolGateway.to(backend, "base-connection-backoff = \"500ms\"")) {
            backend.refuse();
            askUntilAttempt(gateway, 3);
            long pauseMillis = gateway.backoffMillis();
            assertThat(pauseMillis).isGreaterThan(1800);
            backend.accept();
            long start = System.nanoTime();
            Await.until("it is found", () -> gateway.get("1").status() == 200);
            assertThat(Duration.ofNanos(System.nanoTime() - start).toMillis())
                    .isLessThan(pauseMillis);
        }
    }

    @Test
    void leavesADestinationAloneForFiveSecondsAtMost() {
        try (Backend backend = Backend.saying("fine");
                PoolGateway gateway =
                        PoolGateway.to(backend, "base-connection-backoff = \"1 hour\"")) {
            backend.refuse();
            assertThat(gateway.get("1").status()).isEqualTo(502);
            assertThat(gateway.backoffMillis()).isBetween(1L, 5000L);
        }
    }

    @Test
    void looksAfterAnAddressWithoutLettingARequestWait() {
        try (Backend live = Backend.saying("fine");
                BackendSilence silence = BackendSilence.start();
                PoolGateway gateway =
                        PoolGateway.to(
                                List.of(silence.address(), live.address()),
                                "connecting-timeout = \"300ms\"\n"
                                        + "keep-alive-timeout = \"1 hour\"")) {
            Wire client = gateway.connect();
            List<Duration> slow = new ArrayList<>();
            Await.until(
                    "three attempts have failed",
                    () -> {
                        long start = System.nanoTime();
                        assertThat(ask(client).status()).isEqualTo(200);
                        Duration took = Duration.ofNanos(System.nanoTime() - start);
                        if (took.toMillis() >= 200) {
                            slow.add(took);
                        }
                        return gateway.backoffMillis() >= 400;
                    });
            assertThat(slow).hasSizeLessThanOrEqualTo(2);
        }
    }

    @Test
    void findsAnAddressAgainWhileTheOtherOneServes() {
        try (Backend a = Backend.saying("a");
                Backend b = Backend.saying("b");
                PoolGateway gateway = to(a, b, "")) {
            b.refuse();
            Wire client = gateway.connect();
            for (int i = 0; i < 10; i++) {
                assertThat(ask(client).text()).isEqualTo("a");
            }
            b.accept();
            Await.until("the other one is back", () -> ask(client).text().equals("b"));
            assertThat(gateway.failures("connect_refused")).isZero();
        }
    }

    @Test
    void leavesAnAddressOutThatAnswersTooLate() {
        try (Backend ill = Backend.start(HANGING);
                Backend well = Backend.saying("fine");
                PoolGateway gateway =
                        to(
                                ill,
                                well,
                                "max-request-timeout = \"200ms\"\nfail-timeout = \"1 hour\"")) {
            assertThat(statuses(gateway, 10)).containsOnlyOnce(504).contains(200);
            assertThat(well.requests()).hasSize(9);
        }
    }

    @Test
    void leavesAnAddressOutAfterAsManyFailuresAsItWasTold() {
        try (Backend ill = Backend.start(HANGING);
                Backend well = Backend.saying("fine");
                PoolGateway gateway =
                        to(
                                ill,
                                well,
                                "max-request-timeout = \"100ms\"\n"
                                        + "fail-timeout = \"1 hour\"\nmax-fails = 3")) {
            assertThat(statuses(gateway, 12)).filteredOn(status -> status == 504).hasSize(3);
        }
    }

    @Test
    void countsAnswersOnlyIfAsked() {
        try (Backend ill = Backend.start(BUSY);
                Backend well = Backend.saying("fine");
                PoolGateway plain = to(ill, well, "");
                PoolGateway asked =
                        to(ill, well, "fail-statuses = [502, 503]\nfail-timeout = \"1 hour\"")) {
            assertThat(statuses(plain, 10)).filteredOn(status -> status == 503).hasSize(5);
            assertThat(statuses(asked, 10)).containsOnlyOnce(503);
        }
    }

    @Test
    void triesItWithOneRequestWhenItsTimeIsOver() {
        AtomicInteger answers = new AtomicInteger();
        Backend.Script recovering =
                (request, reply) -> {
                    if (answers.getAndIncrement() < 2) {
                        BUSY.run(request, reply);
                    } else {
                        reply.ok("recovered");
                    }
                };
        try (Backend ill = Backend.start(recovering);
                Backend well = Backend.saying("fine");
                PoolGateway gateway =
                        to(ill, well, "fail-statuses = 503\nfail-timeout = \"300ms\"")) {
            Wire client = gateway.connect();
            List<Integer> statuses = new ArrayList<>();
            Await.until(
                    "it is well again",
                    () -> {
                        Answer answer = ask(client);
                        statuses.add(answer.status());
                        return answer.text().equals("recovered");
                    });
            assertThat(statuses).filteredOn(status -> status == 503).hasSize(2);
            assertThat(List.of(ask(client).text(), ask(client).text()))
                    .containsExactlyInAnyOrder("fine", "recovered");
        }
    }

    @Test
    void keepsTheOnlyAddress() {
        try (Backend only = Backend.start(BUSY);
                PoolGateway gateway = PoolGateway.to(only, "fail-statuses = 503")) {
            assertThat(statuses(gateway, 5)).containsOnly(503);
            assertThat(only.requests()).hasSize(5);
        }
    }

    private static PoolGateway to(Backend a, Backend b, String keys) {
        return PoolGateway.to(
                List.of(a.address(), b.address()), "keep-alive-timeout = \"1 hour\"\n" + keys);
    }

    private static List<Integer> statuses(PoolGateway gateway, int count) {
        List<Integer> statuses = new ArrayList<>();
        Wire client = gateway.connect();
        for (int i = 0; i < count; i++) {
            statuses.add(ask(client).status());
        }
        return statuses;
    }

    private static Answer ask(Wire client) {
        return client.sendLines("GET /api/x HTTP/1.1\nHost: test\n\n").answer();
    }

    private static void askUntilAttempt(PoolGateway gateway, int attempts) {
        Await.until(
                attempts + " attempts were made",
                () -> {
                    assertThat(gateway.get("1").status()).isEqualTo(502);
                    return gateway.failures("connect_refused") == attempts;
                });
    }
}
