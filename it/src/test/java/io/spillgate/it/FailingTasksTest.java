package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;

import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// Memory that is missing where the work for a request goes on in a task of its loop: an access log
/// that can't allocate stands for it. The connection is closed; nobody waits for an answer.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FailingTasksTest {
    private static final String FAILURES = "spillgate_allocation_failures_total";

    private final Logger access = (Logger) LoggerFactory.getLogger("spillgate.access");
    private final FailingLog log = new FailingLog();
    private final CountDownLatch mayAnswer = new CountDownLatch(1);
    private final List<Wire> wires = new ArrayList<>();
    private Backend backend;
    private TestGateway gateway;
    private Level levelBefore;

    @BeforeEach
    void start() {
        levelBefore = access.getLevel();
        log.setContext(access.getLoggerContext());
        log.start();
        access.setLevel(Level.INFO);
        access.addAppender(log);
        backend =
                Backend.start((request, reply) -> {
                    mayAnswer.await();
                    reply.ok("fine");
                });
        gateway = TestGateway.start(toml());
    }

    @AfterEach
    void stop() {
        mayAnswer.countDown();
        wires.forEach(Wire::close);
        access.detachAppender(log);
        access.setLevel(levelBefore);
        gateway.close();
        backend.close();
    }

    @Test
    void aRequestThatWasAdmittedLate() {
        Wire first = get("/api/fine");
        gateway.awaitMetric("spillgate_admission_in_flight", 1);
        Wire second = get("/page?fail");
        gateway.awaitMetric("spillgate_admission_queued", 1);
        mayAnswer.countDown();
        assertThat(first.answer().status()).isEqualTo(200);
        second.expectEnd();
        expectCounted();
    }

    @Test
    void anAnswerOfABackend() {
        mayAnswer.countDown();
        List<Wire> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(get("/api/" + i + "?fail"));
            all.getLast().expectEnd();
        }
        assertThat(gateway.metric(FAILURES)).isGreaterThanOrEqualTo(8);
    }

    @Test
    void aFailureOfABackend() {
        backend.refuse();
        mayAnswer.countDown();
        get("/api/?fail").expectEnd();
        expectCounted();
    }

    @Test
    void anAnswerForOperators() {
        Wire operator = gateway.connectAdmin();
        wires.add(operator);
        operator.sendLines("GET /stats?fail HTTP/1.1\nHost: test\n\n").expectEnd();
        expectCounted();
    }

    @Test
    void isNotReadyForAWhile() {
        get("/health?fail").expectEnd();
        assertThat(gateway.ask("GET /ready HTTP/1.1\nHost: test\n\n").status()).isEqualTo(503);
        Await.until(
                "it is ready again",
                () -> gateway.ask("GET /ready HTTP/1.1\nHost: test\n\n").status() == 200);
    }

    private void expectCounted() {
        assertThat(gateway.metric(FAILURES)).isEqualTo(1);
    }

    private Wire get(String target) {
        Wire wire = gateway.connect();
        wires.add(wire);
        return wire.sendLines("GET " + target + " HTTP/1.1\nHost: test\n\n");
    }

    private String toml() {
        return """
        http.thread_pool_size = 2
        log.access = true
        server.maxConcurrentRequests = 1
        http-destinations.backend.addresses = ["%s"]
        http-destinations.backend.backend-connections-per-ip-port = 1
        [[routes]]
        path = "/api/*"
        proxy = "backend"
        [[routes]]
        path = "/page"
        proxy = "backend"
        """
                .formatted(backend.address());
    }

    /// Has no memory for some lines.
    private static final class FailingLog extends UnsynchronizedAppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getFormattedMessage().contains("?fail")) {
                throw new OutOfMemoryError("no room for the line");
            }
        }
    }
}
