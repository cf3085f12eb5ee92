package io.spillgate.it.stress;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendReply;
import io.spillgate.it.harness.BackendRequest;
import io.spillgate.it.harness.Wire;
import io.spillgate.it.pool.LogLines;
import io.spillgate.it.pool.PoolGateway;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Clients that leave at any moment, a backend that breaks, hangs and dawdles: nobody gets what is
/// another's, and when all is over nothing is missing.
///
/// `-Dstress.runs=1000` does that many rounds on each transport.
@Timeout(value = 60, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PoolChaosTest {
    private static final int ROUNDS = Integer.getInteger("stress.runs", 20);
    private static final int CLIENTS = 24;
    private static final int REQUESTS_EACH = 4;
    private static final int CAPACITY = 8;
    private static final int LOOKS = 50;
    private static final String KEYS =
            """
            backend-connections-per-ip-port = 4
            in-flight-requests-per-backend-connection = 2
            safe-pipeline-timeout = "1 min"
            queue-size-for-503 = 12
            queue-timeout = "300ms"
            max-request-timeout = "300ms"
            keep-alive-timeout = "200ms"
            """;

    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicInteger whole = new AtomicInteger();
    private volatile CountDownLatch gate = new CountDownLatch(1);

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void losesNothingAndMixesNothingUp(String io) throws Exception {
        try (LogLines leaks = new LogLines("io.netty.util.ResourceLeakDetector", Level.ERROR);
                Backend backend = Backend.start(Backend.Reading.AT_HEAD, this::answer)) {
            String toml = PoolGateway.destination("x", List.of(backend.address()), KEYS);
            try (PoolGateway gateway = new PoolGateway("http.io = \"" + io + "\"\n" + toml, "x")) {
                gateway.get("0");
                awaitRest(gateway, backend);
                int descriptors = descriptors();
                for (int round = 0; round < ROUNDS; round++) {
                    round(gateway, round);
                }
                Await.until("nothing runs", () -> gateway.inFlight() + gateway.queued() == 0);
                assertThat(whole.get()).isGreaterThan(ROUNDS * CLIENTS / 2);
                fillsUp(gateway, backend);
                awaitRest(gateway, backend);
                Await.until("no descriptor is left", () -> descriptors() <= descriptors);
                System.gc();
            }
            assertThat(leaks.all()).isEmpty();
        }
    }

    private void round(PoolGateway gateway, int round) throws InterruptedException {
        try (Fleet clients = new Fleet(Duration.ofSeconds(60))) {
            for (int i = 0; i < CLIENTS; i++) {
                Random random = new Random(round * 1000L + i);
                clients.start(() -> client(gateway, random));
            }
            clients.join();
        }
    }

    private boolean client(PoolGateway gateway, Random random) {
        try (Wire wire = gateway.gateway().connect()) {
            for (int i = 0; i < REQUESTS_EACH; i++) {
                if (!exchange(wire, random)) {
                    return true;
                }
            }
        }
        return true;
    }

    /// @return whether the connection can be used for more
    private boolean exchange(Wire wire, Random random) {
        int number = numbers.incrementAndGet();
        String head = " /api/" + number + " HTTP/1.1\r\nHost: test\r\n";
        return switch (random.nextInt(12)) {
            case 0 -> {
                wire.send("GET" + head + "\r\n").reset();
                yield false;
            }
            case 1 -> {
                wire.send("POST" + head + "Content-Length: 1000\r\n\r\nhalf");
                pause(random.nextInt(20));
                yield false;
            }
            case 2 -> {
                wire.send("GET" + head + "\r\n");
                pause(random.nextInt(30));
                yield false;
            }
            case 3 -> {
                wire.send("GET" + head + "\r\n");
                tryHead(wire);
                yield false;
            }
            case 4 -> {
                wire.send("GET" + head + "\r\n").halfClose();
                yield false;
            }
            case 5 -> {
                wire.send("POST" + head + "Content-Length: 4\r\n\r\nbody");
                yield tryAnswer(wire, number);
            }
            case 6 -> {
                wire.send("PUT" + head + "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n");
                pause(random.nextInt(10));
                boolean sent = wire.trySend("0\r\n\r\n");
                yield tryAnswer(wire, number) && sent;
            }
            case 7 -> {
                int next = numbers.incrementAndGet();
                String second = head.replace("/" + number + " ", "/" + next + " ");
                wire.send("GET" + head + "\r\nGET" + second + "\r\n");
                yield tryAnswer(wire, number) && tryAnswer(wire, next);
            }
            default -> {
                wire.send("GET" + head + "\r\n");
                yield tryAnswer(wire, number);
            }
        };
    }

    /// @return whether it came to its end; a cut is a legal end, silence is not
    private boolean tryAnswer(Wire wire, int number) {
        try {
            Answer answer = wire.answer();
            if (answer.status() == 200) {
                assertThat(answer.body()).isEqualTo(body(number));
                assertThat(answer.header("X-Number")).isEqualTo(String.valueOf(number));
                whole.incrementAndGet();
            } else {
                assertThat(answer.status()).isIn(502, 503, 504);
            }
            return !"close".equals(answer.header("Connection"));
        } catch (AssertionError e) {
            return cut(e);
        }
    }

    private static void tryHead(Wire wire) {
        try {
            wire.head();
        } catch (AssertionError e) {
            cut(e);
        }
    }

    private static boolean cut(AssertionError e) {
        String message = String.valueOf(e.getMessage());
        if (message.startsWith("ended too early") || message.contains("eset")) {
            return false;
        }
        throw e;
    }

    /// What the backend does about a request, by its number.
    private void answer(BackendRequest request, BackendReply reply) throws Exception {
        if (request.target().equals("/api/burst")) {
            gate.await();
            reply.ok("burst");
            return;
        }
        int number = Integer.parseInt(request.target().substring("/api/".length()));
        Random random = new Random(number * 31L);
        int choice = random.nextInt(20);
        if (choice != 19) {
            request.awaitEnd();
            if (!request.isWhole()) {
                return;
            }
        }
        String head =
                "HTTP/1.1 200 OK\r\nX-Number: %d\r\nContent-Length: %d\r\n"
                        .formatted(number, body(number).length());
        String answer = head + "\r\n" + body(number);
        switch (choice) {
            case 0 -> reply.close();
            case 1 -> reply.reset();
            case 2 -> reply.send("HTTP/1.1 20").close();
            case 3 -> reply.send(answer.substring(0, head.length() + 4)).reset();
            case 4 -> reply.hang();
            case 5 -> reply.send(answer + "garbage\r\n\r\n");
            case 6 -> reply.send(head + "Connection: close\r\n\r\n" + body(number)).close();
            case 7 -> dawdle(reply, answer, random);
            case 8 -> {
                pause(random.nextInt(20));
                reply.send(answer);
            }
            default -> reply.send(answer);
        }
    }

    private static void dawdle(BackendReply reply, String answer, Random random)
            throws IOException {
        int step = answer.length() / 5 + 1;
        for (int at = 0; at < answer.length(); at += step) {
            reply.send(answer.substring(at, Math.min(answer.length(), at + step)));
            pause(random.nextInt(10));
        }
    }

    private static String body(int number) {
        return number + ":" + "x".repeat(number * 37 % 5000);
    }

    /// All of the pool's places can be taken. A machine that is so busy that the requests do not
    /// come within their time limit of each other spoils a try.
    private void fillsUp(PoolGateway gateway, Backend backend) {
        Await.until("all places are taken and served", () -> fillsUpInTime(gateway, backend));
    }

    private boolean fillsUpInTime(PoolGateway gateway, Backend backend) {
        gate = new CountDownLatch(1);
        List<Wire> all = new ArrayList<>();
        for (int i = 0; i < CAPACITY; i++) {
            all.add(gateway.connect());
        }
        all.forEach(wire -> wire.sendLines("GET /api/burst HTTP/1.1\nHost: test\n\n"));
        boolean full = false;
        for (int look = 0; look < LOOKS && !full; look++) {
            full = gateway.inFlight() == CAPACITY && backend.open() == CAPACITY / 2;
        }
        gate.countDown();
        for (Wire wire : all) {
            full &= wire.answer().body().equals("burst");
            wire.close();
        }
        return full;
    }

    private static void awaitRest(PoolGateway gateway, Backend backend) {
        backend.awaitOpen(0);
        for (String state : List.of("connecting", "idle", "active")) {
            Await.until("none is " + state, () -> gateway.connections(state) == 0);
        }
    }

    /// The descriptors that this process has.
    private static int descriptors() {
        String[] all = new File("/proc/self/fd").list();
        return all == null ? 0 : all.length;
    }

    private static void pause(int millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }
}
