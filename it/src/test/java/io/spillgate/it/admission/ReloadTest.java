package io.spillgate.it.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Backend;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;
import io.spillgate.it.proxy.BackendExchange;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Other settings while requests run and wait.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ReloadTest {
    private static final String PATIENT = ".queueTimeout = 60000\n";
    private static final String ONE = PATIENT + ".maxLimit = 1\n";

    private final List<AdmissionGateway.Running> running = new ArrayList<>();
    private final Map<String, Wire> waiting = new LinkedHashMap<>();
    private int names;
    private AdmissionGateway gate;

    @BeforeEach
    void start() {
        gate = AdmissionGateway.start(ONE);
    }

    @AfterEach
    void stop() {
        gate.close();
    }

    @Test
    void aHigherLimitLetsInWhoWaits() {
        runs(1);
        waits(3);
        gate.reload(PATIENT + ".maxLimit = 3\n.initialLimit = 3");
        letIn(2);
        assertThat(gate.inFlight()).isEqualTo(3);
        assertThat(gate.queued()).isEqualTo(1);
        running.getFirst().finish();
        running.removeFirst();
        letIn(1);
        endAll();
        gate.reload(ONE);
        gate.awaitLimit(1);
        gate.expectOnePlace();
    }

    /// They are routed anew when it is their turn.
    @Test
    void whoWaitsGoesWhereTheNewSettingsSendIt() {
        runs(1);
        Wire stays = gate.queue("stays");
        Wire moves = gate.post("moves", "Content-Length: 4").send("body");
        gate.awaitQueued(2);
        Wire gone = gate.ask("GET /small/gone HTTP/1.1\nHost: test\n\n");
        gate.awaitQueued(3);
        try (Backend other = Backend.saying("other")) {
            String moved =
                    AdmissionGateway.toml(other.address(), ONE)
                            .replace("http-destinations.backend", "http-destinations.other")
                            .replace("proxy = \"backend\"", "proxy = \"other\"")
                            .replace("/small/*", "/elsewhere/*");
            assertThat(gate.gateway().gateway().apply(TestGateway.config(moved))).isEmpty();
            finishOne();
            assertThat(stays.answer().body()).isEqualTo("other");
            assertThat(moves.answer().body()).isEqualTo("other");
            assertThat(other.requests().get(1).body()).isEqualTo("body");
            assertThat(gone.answer().status()).isEqualTo(404);
            gate.expectEmpty();
        }
    }

    @Test
    void aLowerLimitLetsRunWhoRunsAndNobodyInUntilTheyAreFewer() {
        gate.reload(PATIENT + ".maxLimit = 3");
        gate.awaitLimit(3);
        runs(3);
        gate.reload(ONE);
        assertThat(gate.limit()).isEqualTo(1);
        waits(1);
        finishOne();
        gate.awaitInFlight(2);
        finishOne();
        gate.awaitInFlight(1);
        assertThat(gate.queued()).isEqualTo(1);
        assertThat(gate.backend().requests()).hasSize(3);
        finishOne();
        letIn(1);
        endAll();
        gate.expectOnePlace();
    }

    @Test
    void aShorterQueueKeepsWhoIsInIt() {
        runs(1);
        waits(3);
        gate.reload(ONE + ".queueSize = 1");
        assertThat(gate.queued()).isEqualTo(3);
        AdmissionGateway.expectBusy(gate.get("x").answer());
        while (!waiting.isEmpty()) {
            finishOne();
            letIn(1);
        }
        endAll();
        gate.expectOnePlace();
    }

    @Test
    void withoutALimitEveryoneIsLetIn() {
        runs(1);
        waits(3);
        gate.reload(".enabled = false");
        letIn(3);
        runs(2);
        gate.reload(ONE);
        assertThat(gate.inFlight()).isEqualTo(6);
        waits(1);
        while (running.size() > 1) {
            finishOne();
        }
        gate.awaitInFlight(1);
        assertThat(gate.queued()).isEqualTo(1);
        finishOne();
        letIn(1);
        endAll();
        gate.expectOnePlace();
    }

    @Test
    void aStaticCapInsteadOfTheLimitServesWhoWaits() {
        runs(1);
        waits(2);
        gate.reload(".enabled = false\nserver.maxConcurrentRequests = 1");
        AdmissionGateway.expectBusy(gate.get("x").answer());
        assertThat(gate.inFlight()).isEqualTo(1);
        while (!waiting.isEmpty()) {
            finishOne();
            letIn(1);
        }
        endAll();
        gate.reload(ONE);
        gate.expectOnePlace();
    }

    private void runs(int count) {
        for (int i = 0; i < count; i++) {
            running.add(gate.run("running"));
        }
    }

    private void waits(int count) {
        for (int i = 0; i < count; i++) {
            String name = "waiting" + names++;
            waiting.put(name, gate.queue(name));
        }
    }

    /// Those who wait longest come to the backend now; at the same time, so in any order.
    private void letIn(int count) {
        List<String> first = waiting.keySet().stream().limit(count).toList();
        List<String> came = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            BackendExchange exchange = gate.next();
            String name = exchange.request().target().substring("/api/".length());
            came.add(name);
            running.add(
                    new AdmissionGateway.Running(
                            Objects.requireNonNull(waiting.remove(name), name + " waits"),
                            exchange));
        }
        assertThat(came).containsExactlyInAnyOrderElementsOf(first);
    }

    private void finishOne() {
        running.removeFirst().finish();
    }

    private void endAll() {
        assertThat(waiting).isEmpty();
        while (!running.isEmpty()) {
            finishOne();
        }
        gate.expectEmpty();
    }
}
