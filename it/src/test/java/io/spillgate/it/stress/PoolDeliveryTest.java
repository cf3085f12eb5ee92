package io.spillgate.it.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendReply;
import io.spillgate.it.harness.BackendRequest;
import io.spillgate.it.harness.Wire;
import io.spillgate.it.pool.PoolGateway;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// A backend that closes its kept connections whenever it likes: no POST is delivered twice, and
/// every GET succeeds.
///
/// `-Dstress.requests=10000` sends that many on each transport.
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PoolDeliveryTest {
    private static final int REQUESTS = Integer.getInteger("stress.requests", 3000);
    private static final int CLIENTS = 20;
    private static final String KEYS =
            "backend-connections-per-ip-port = 10\nkeep-alive-timeout = \"1 min\"";

    private final Set<Integer> seen = ConcurrentHashMap.newKeySet();
    private final Map<String, AtomicInteger> posts = new ConcurrentHashMap<>();
    private final AtomicInteger failedPosts = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void deliversNoPostTwiceAndEveryGet(String io) throws Exception {
        try (Backend backend = Backend.start(this::answer)) {
            String toml = PoolGateway.destination("x", List.of(backend.address()), KEYS);
            try (PoolGateway gateway = new PoolGateway("http.io = \"" + io + "\"\n" + toml, "x");
                    Fleet clients = new Fleet(Duration.ofMinutes(10))) {
                for (int i = 0; i < CLIENTS; i++) {
                    int from = i * (REQUESTS / CLIENTS);
                    clients.start(() -> client(gateway, from, from + REQUESTS / CLIENTS));
                }
                clients.join();
                assertThat(closed.get()).as("connections closed").isGreaterThan(REQUESTS / 20);
                assertThat(failedPosts.get()).as("posts failed").isLessThan(REQUESTS / 4);
                assertThat(gateway.inFlight() + gateway.queued()).isZero();
            }
            assertThat(posts.values()).allMatch(times -> times.get() == 1);
        }
    }

    private boolean client(PoolGateway gateway, int from, int to) {
        int number = from;
        while (number < to) {
            try (Wire wire = gateway.gateway().connect()) {
                boolean kept = true;
                for (; kept && number < to; number++) {
                    kept = number % 2 == 0 ? get(wire, number) : post(wire, number);
                }
            }
        }
        return true;
    }

    private static boolean get(Wire wire, int number) {
        wire.sendLines("GET /api/%d HTTP/1.1\nHost: test\n\n".formatted(number));
        Answer answer = wire.answer();
        if (answer.status() != 200 || !answer.body().equals("/api/" + number)) {
            throw new AssertionError("GET " + number + " got " + answer);
        }
        return isKept(answer);
    }

    private boolean post(Wire wire, int number) {
        wire.sendLines(
                "POST /api/%d HTTP/1.1\nHost: test\nContent-Length: 4\n\n".formatted(number));
        wire.send("body");
        Answer answer = wire.answer();
        AtomicInteger delivered = posts.get("/api/" + number);
        if (answer.status() == 502) {
            failedPosts.incrementAndGet();
        } else if (answer.status() != 200 || delivered == null || delivered.get() != 1) {
            throw new AssertionError("POST " + number + " " + delivered + " times, got " + answer);
        }
        return isKept(answer);
    }

    /// A failure that is answered before the body has come ends the client's connection.
    private static boolean isKept(Answer answer) {
        return !"close".equals(answer.header("Connection"));
    }

    private void answer(BackendRequest request, BackendReply reply) throws IOException {
        if (request.method().equals("POST")) {
            posts.computeIfAbsent(request.target(), target -> new AtomicInteger())
                    .incrementAndGet();
        }
        ThreadLocalRandom random = ThreadLocalRandom.current();
        boolean reused = !seen.add(request.connection());
        int choice = random.nextInt(20);
        if (reused && choice == 0) {
            closed.incrementAndGet();
            reply.close();
        } else if (reused && choice == 1) {
            closed.incrementAndGet();
            reply.reset();
        } else {
            reply.ok(request.target());
            if (choice < 5) {
                closed.incrementAndGet();
                int micros = random.nextInt(2000);
                Thread.ofVirtual().start(() -> closeIn(micros, reply));
            }
        }
    }

    private static void closeIn(int micros, BackendReply reply) {
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(micros));
        try {
            reply.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
