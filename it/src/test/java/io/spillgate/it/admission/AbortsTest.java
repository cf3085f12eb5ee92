package io.spillgate.it.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.BackendReply;
import io.spillgate.it.harness.BackendRequest;
import io.spillgate.it.harness.Wire;
import io.spillgate.it.stress.Fleet;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Clients and a backend that break off at any moment: nobody keeps a place.
///
/// `-Dstress.rounds=10000` does that many rounds on each transport.
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class AbortsTest {
    private static final int ROUNDS = Integer.getInteger("stress.rounds", 1200);
    private static final int CLIENTS = 12;
    private static final int LIMIT = 3;
    private static final int QUEUE = 5;
    private static final String SETTINGS =
            """
            .maxLimit = 3
            .queueSize = 5
            .queueTimeout = 40
            http-destinations.backend.max-request-timeout = "200ms"
            http-destinations.backend.max-retries = 0
            """;

    private final AtomicInteger left = new AtomicInteger(ROUNDS);
    private final AtomicInteger served = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final CountDownLatch over = new CountDownLatch(1);

    @ParameterizedTest
    @MethodSource("io.spillgate.it.stress.Transports#available")
    void leaveNoSlotBehind(String io) throws Exception {
        String settings = SETTINGS + "http.io = \"" + io + "\"";
        Backend backend = Backend.start(Backend.Reading.AT_HEAD, this::answer);
        try (AdmissionGateway gate = AdmissionGateway.start(settings, backend)) {
            try (Fleet clients = new Fleet(Duration.ofMinutes(20))) {
                for (int i = 0; i < CLIENTS; i++) {
                    Random random = new Random(i);
                    clients.start(() -> client(gate, random));
                }
                clients.join();
            }
            gate.expectEmpty();
            System.out.printf(
                    "%s: %d rounds, %d served whole, %d refused %s%n",
                    io, ROUNDS, served.get(), refused.get(), gate.stats().getObject("shed"));
            assertThat(served.get()).isGreaterThan(ROUNDS / 20);
            assertThat(refused.get()).isGreaterThan(ROUNDS / 50);
            assertThat(gate.shed("queue_full")).isPositive();
            assertThat(gate.shed("queue_timeout")).isPositive();
            gate.reload(settings.replace("= 40", "= 60000").replace("200ms", "60s"));
            fillsUp(gate);
        }
    }

    /// As many as ever run, so many wait, and the next one is refused.
    private void fillsUp(AdmissionGateway gate) {
        for (int i = 0; i < LIMIT; i++) {
            gate.get("hold");
        }
        gate.awaitInFlight(LIMIT);
        for (int i = 0; i < QUEUE; i++) {
            gate.queue("hold");
        }
        AdmissionGateway.expectBusy(gate.get("hold").answer());
        assertThat(gate.inFlight()).isEqualTo(LIMIT);
        over.countDown();
        gate.expectEmpty();
    }

    private boolean client(AdmissionGateway gate, Random random) {
        while (left.decrementAndGet() >= 0) {
            try (Wire wire = gate.gateway().connect()) {
                round(wire, random);
            } catch (UncheckedIOException reset) {
                assertThat(reset).isNotNull();
            }
        }
        return true;
    }

    private void round(Wire wire, Random random) {
        String target = " /api/" + random.nextInt(1_000_000) + " HTTP/1.1\r\nHost: test\r\n";
        String get = "GET" + target + "\r\n";
        String half = "POST" + target + "Content-Length: 100\r\n\r\nhalf";
        switch (random.nextInt(10)) {
            case 0 -> wire.send(get).reset();
            case 1 -> after(wire.send(get), random).reset();
            case 2 -> after(wire.send(get), random).halfClose();
            case 3 -> after(wire.send(half), random).reset();
            case 4 -> after(wire.send(half), random).halfClose();
            case 5 -> after(wire.send(get + get), random).reset();
            case 6 -> after(wire.send("GET /events/t HTTP/1.1\r\nHost: t\r\n\r\n"), random).reset();
            case 7 -> {
                wire.send("POST" + target + "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n");
                after(wire, random).trySend("0\r\n\r\n");
                tryAnswer(wire);
            }
            default -> tryAnswer(wire.send(get));
        }
    }

    private static Wire after(Wire wire, Random random) {
        pause(random.nextInt(60));
        return wire;
    }

    private void tryAnswer(Wire wire) {
        try {
            Answer answer = wire.answer();
            if (answer.status() == 200) {
                served.incrementAndGet();
            } else if (answer.statusLine().endsWith("503 Service Busy")) {
                AdmissionGateway.expectBusy(answer);
                refused.incrementAndGet();
            } else {
                assertThat(answer.status()).isIn(502, 504);
            }
        } catch (AssertionError e) {
            String message = String.valueOf(e.getMessage());
            if (!message.startsWith("ended too early") && !message.contains("eset")) {
                throw e;
            }
        }
    }

    private void answer(BackendRequest request, BackendReply reply) throws Exception {
        if (request.target().equals("/api/hold")) {
            over.await();
            reply.ok("held");
            return;
        }
        int number = Integer.parseInt(request.target().substring("/api/".length()));
        String head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
        pause(new Random(number).nextInt(20));
        switch (number % 10) {
            case 0 -> reply.reset();
            case 1 -> reply.close();
            case 2 -> reply.send(head + "half").reset();
            case 3 -> reply.hang();
            default -> {
                request.awaitEnd();
                reply.send(head + "0123456789");
            }
        }
    }

    private static void pause(int millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }
}
