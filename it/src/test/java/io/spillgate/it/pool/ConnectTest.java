package io.spillgate.it.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendSilence;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.List;

/// A backend that can't be reached: the next address is tried at once, and when there is none the
/// client hears it within one round.
final class ConnectTest {
    private static final Backend.Script LAST_OF_ITS_CONNECTION =
            (request, reply) -> {
                reply.sendLines("HTTP/1.1 200 OK\nConnection: close\nContent-Length: 4\n\nfine");
                reply.close();
            };

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void goesOnToTheNextAddressWhenOneRefuses(String method) {
        try (Backend dead = dead();
                Backend alsoDead = dead();
                Backend live = Backend.start(LAST_OF_ITS_CONNECTION);
                PoolGateway gateway =
                        PoolGateway.to(
                                List.of(dead.address(), alsoDead.address(), live.address()),
                                "base-connection-backoff = \"0 s\"")) {
            for (int i = 0; i < 6; i++) {
                Wire wire = gateway.send(method, "1", "");
                assertThat(wire.answer().body()).isEqualTo("fine");
            }
            assertThat(live.requests()).hasSize(6);
            assertThat(gateway.failures("connect_refused")).isZero();
        }
    }

    @Test
    void answers502AfterOneRoundWhenAllRefuse() {
        try (Backend one = dead();
                Backend two = dead();
                PoolGateway gateway = PoolGateway.to(List.of(one.address(), two.address()), "")) {
            long start = System.nanoTime();
            Answer answer = gateway.get("1");
            assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 502 Bad Gateway");
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isLessThan(Duration.ofSeconds(2));
            assertThat(gateway.failures("connect_refused")).isEqualTo(1);
            assertThat(gateway.repeats()).isZero();
        }
    }

    @Test
    void answersEachOfManyWhenAllRefuse() {
        try (Backend one = dead();
                PoolGateway gateway = PoolGateway.to(one, "backend-connections-per-ip-port = 2")) {
            Rush rush = new Rush(gateway, 40);
            rush.start();
            rush.awaitAnswers(40);
            assertThat(rush.statuses()).containsOnly(502);
            assertThat(gateway.queued() + gateway.inFlight()).isZero();
        }
    }

    @Test
    void tellsWhenAnAddressDoesNotAnswerInTime() {
        try (BackendSilence silence = BackendSilence.start();
                PoolGateway gateway =
                        PoolGateway.to(
                                List.of(silence.address()),
                                "client.connecting-timeout = \"300ms\"\nmax-retries = 5")) {
            long start = System.nanoTime();
            Answer answer = gateway.get("1");
            assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 504 Gateway Timeout");
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(290), Duration.ofSeconds(4));
            assertThat(gateway.failures("connect_timeout")).isEqualTo(1);
        }
    }

    @Test
    void takesTheConnectingTimeoutBesideTheOtherKeysOfADestination() {
        try (BackendSilence silence = BackendSilence.start();
                PoolGateway gateway =
                        PoolGateway.to(
                                List.of(silence.address()), "connecting-timeout = \"300ms\"")) {
            assertThat(gateway.get("1").status()).isEqualTo(504);
        }
    }

    @Test
    void goesOnToTheNextAddressWhenOneDoesNotAnswer() {
        try (BackendSilence silence = BackendSilence.start();
                Backend live = Backend.start(LAST_OF_ITS_CONNECTION);
                PoolGateway gateway =
                        PoolGateway.to(
                                List.of(silence.address(), live.address()),
                                "connecting-timeout = \"1s\"")) {
            for (int i = 0; i < 4; i++) {
                assertThat(gateway.get("1").body()).isEqualTo("fine");
            }
        }
    }

    @Test
    void doesNotCountTheTimeToConnectAsTheRequests() {
        String keys = "connecting-timeout = \"1500ms\"\nmax-request-timeout = \"300ms\"";
        try (BackendSilence silence = BackendSilence.start();
                PoolGateway gateway = PoolGateway.to(List.of(silence.address()), keys)) {
            assertThat(gateway.get("1").status()).isEqualTo(504);
            assertThat(gateway.failures("connect_timeout")).isEqualTo(1);
            assertThat(gateway.failures("timeout")).isZero();
        }
    }

    /// Only who has no connection to come is waiting.
    @Test
    void doesNotCountTheTimeToConnectAsWaiting() {
        String keys =
                """
                connecting-timeout = "1500ms"
                queue-timeout = "200ms"
                backend-connections-per-ip-port = 1
                """;
        try (BackendSilence silence = BackendSilence.start();
                PoolGateway gateway = PoolGateway.to(List.of(silence.address()), keys)) {
            Wire connecting = gateway.ask("1");
            Await.until("it is being opened", () -> gateway.connections("connecting") == 1);
            assertThat(gateway.get("2").status()).isEqualTo(503);
            assertThat(connecting.answer().status()).isEqualTo(504);
            assertThat(gateway.failures("queue_timeout")).isEqualTo(1);
            assertThat(gateway.failures("connect_timeout")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void forgetsAClientThatLeavesWhileItsConnectionIsBeingOpened(boolean byReset) {
        try (SilentServer door = new SilentServer();
                PoolGateway gateway = PoolGateway.to(List.of(door.address()), "tls = true")) {
            Wire leaver = gateway.ask("1");
            door.awaitAttempts(1);
            if (byReset) {
                leaver.reset();
            } else {
                leaver.halfClose();
            }
            Await.until(
                    "nobody waits",
                    () -> gateway.stats().getFirst().getConfigList("outstanding").isEmpty());
            door.shut();
            Await.until("none is opened", () -> gateway.connections("connecting") == 0);
            assertThat(gateway.inFlight() + gateway.queued()).isZero();
            assertThat(door.attempts()).isEqualTo(1);
        }
    }

    @Test
    void neverRepeatsAFailedAttemptForTheSameRequest() {
        String keys = "tls = true\nmax-retries = 5\nbase-connection-backoff = \"0 s\"";
        try (SilentServer door = new SilentServer();
                PoolGateway gateway = PoolGateway.to(List.of(door.address()), keys)) {
            Wire wire = gateway.ask("1");
            door.awaitAttempts(1);
            door.shut();
            assertThat(wire.answer().status()).isEqualTo(502);
            assertThat(gateway.failures("tls")).isEqualTo(1);
            assertThat(door.attempts()).isEqualTo(1);
        }
    }

    private static Backend dead() {
        Backend backend = Backend.saying("fine");
        backend.refuse();
        return backend;
    }
}
