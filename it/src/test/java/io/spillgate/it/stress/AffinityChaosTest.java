package io.spillgate.it.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendReply;
import io.spillgate.it.harness.BackendRequest;
import io.spillgate.it.harness.Wire;
import io.spillgate.it.pool.PoolGateway;
import io.spillgate.it.pool.StickyGateway;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Clients with keys, cookies and nothing, some of which leave, and addresses that fail and come
/// back while they ask: everybody has an answer, and when all is over nothing waits or runs, every
/// place can be taken, and every key is where it was.
///
/// `-Dstress.runs=1000` does that many rounds.
@Timeout(value = 60, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class AffinityChaosTest {
    private static final int ROUNDS = Integer.getInteger("stress.runs", 10);
    private static final int CLIENTS = 24;
    private static final int REQUESTS_EACH = 5;
    private static final int KEYS = 12;
    private static final String KEYS_OF_POOL =
            """
            queue-size-for-503 = 15
            queue-timeout = "2s"
            max-request-timeout = "2s"
            base-connection-backoff = "10ms"
            fail-timeout = "20ms"
            keep-alive-timeout = "300ms"
            safe-pipeline-timeout = "1 min"
            """;

    private final AtomicInteger whole = new AtomicInteger();
    private final List<Backend> backends = new ArrayList<>();

    @AfterEach
    void stop() {
        backends.forEach(Backend::close);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "backend-connections-per-ip-port = 2",
                "backend-connections-per-ip-port = 2\n"
                        + "in-flight-requests-per-backend-connection = 2",
                "max-connections = 2\nbackend-connections-per-ip-port = 2",
                "max-connections = 1\nmax-fails = 0"
            })
    void losesNothing(String limits) throws Exception {
        for (int i = 0; i < 3; i++) {
            String name = String.valueOf(i);
            backends.add(Backend.start((request, reply) -> answer(name, request, reply)));
        }
        String toml = StickyGateway.toml("cookie:key", backends, limits + "\n" + KEYS_OF_POOL);
        try (PoolGateway gateway = new PoolGateway(toml, "x")) {
            List<String> before = places(gateway);
            for (int round = 0; round < ROUNDS; round++) {
                round(gateway, round);
                Await.until("nothing is left", () -> gateway.queued() + gateway.inFlight() == 0);
            }
            assertThat(whole.get()).isGreaterThan(ROUNDS * CLIENTS);
            Await.until("all keys are where they were", () -> places(gateway).equals(before));
            for (String state : List.of("connecting", "idle", "active")) {
                Await.until("none is " + state, () -> gateway.connections(state) == 0);
            }
        }
    }

    private void round(PoolGateway gateway, int round) throws InterruptedException {
        try (Fleet clients = new Fleet(Duration.ofSeconds(60))) {
            for (int i = 0; i < CLIENTS; i++) {
                Random random = new Random(round * 1000L + i);
                clients.start(() -> client(gateway, random));
            }
            Backend failing = backends.get(round % backends.size());
            pause(5);
            failing.stop();
            pause(20);
            failing.accept();
            clients.join();
        }
    }

    private boolean client(PoolGateway gateway, Random random) {
        for (int i = 0; i < REQUESTS_EACH; i++) {
            try (Wire wire = gateway.gateway().connect()) {
                String cookie =
                        switch (random.nextInt(5)) {
                            case 0 -> "";
                            case 1 -> "Cookie: key=sg.0123456789abcdef\n";
                            default -> "Cookie: key=" + random.nextInt(KEYS) + "\n";
                        };
                wire.sendLines(
                        "GET /api/"
                                + random.nextInt(4)
                                + " HTTP/1.1\nHost: test\n"
                                + cookie
                                + "\n");
                switch (random.nextInt(6)) {
                    case 0 -> wire.reset();
                    case 1 -> pause(random.nextInt(5));
                    default -> answered(wire.answer());
                }
            }
        }
        return true;
    }

    private void answered(Answer answer) {
        assertThat(answer.status()).isIn(200, 502, 503);
        whole.addAndGet(answer.status() == 200 ? 1 : 0);
    }

    /// Where each key goes; what nobody answers is empty.
    private static List<String> places(PoolGateway gateway) {
        List<String> places = new ArrayList<>();
        for (int key = 0; key < KEYS; key++) {
            Answer answer = gateway.get("0", "Cookie: key=" + key);
            places.add(answer.status() == 200 ? answer.body() : "");
        }
        return places;
    }

    private static void answer(String name, BackendRequest request, BackendReply reply)
            throws IOException {
        pause(request.target().charAt("/api/".length()) - '0');
        reply.ok(name);
    }

    private static void pause(int millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }
}
