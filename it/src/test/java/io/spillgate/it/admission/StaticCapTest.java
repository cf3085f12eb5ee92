package io.spillgate.it.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Backend;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// `server.maxConcurrentRequests`, alone and as the ceiling of the limit that adapts.
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class StaticCapTest {
    private static final Duration AT_ONCE = Duration.ofSeconds(2);

    @Test
    void aloneLetsExactlySoManyRunAndNobodyWait() {
        try (AdmissionGateway gate =
                AdmissionGateway.start(".enabled = false\nserver.maxConcurrentRequests = 5")) {
            List<AdmissionGateway.Running> running = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                running.add(gate.run(String.valueOf(i)));
            }
            long start = System.nanoTime();
            Answer answer = gate.get("x").answer();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);
            AdmissionGateway.expectBusy(answer);
            assertThat(gate.shed("cap")).isEqualTo(1);
            assertThat(gate.limit()).isEqualTo(5);
            running.removeFirst().finish();
            gate.awaitInFlight(4);
            running.add(gate.run("y"));
            AdmissionGateway.expectBusy(gate.get("z").answer());
            running.forEach(AdmissionGateway.Running::finish);
            gate.expectEmpty();
        }
    }

    @Test
    void isTheCeilingWhereItIsTheLowerOne() {
        try (AdmissionGateway gate =
                AdmissionGateway.start(
                        ".maxLimit = 50\n.queueSize = 0\nserver.maxConcurrentRequests = 3")) {
            assertThat(gate.limit()).isEqualTo(3);
            for (int i = 0; i < 3; i++) {
                gate.run("x");
            }
            AdmissionGateway.expectBusy(gate.get("y").answer());
        }
    }

    @Test
    void isNotTheCeilingWhereItIsTheHigherOne() {
        try (AdmissionGateway gate =
                AdmissionGateway.start(
                        ".maxLimit = 3\n.queueSize = 0\nserver.maxConcurrentRequests = 50")) {
            assertThat(gate.limit()).isEqualTo(3);
            for (int i = 0; i < 3; i++) {
                gate.run("x");
            }
            AdmissionGateway.expectBusy(gate.get("y").answer());
        }
    }

    @Test
    void isNoneWhereNothingIsSaidAndBackpressureIsOff() {
        int many = 1200;
        CountDownLatch over = new CountDownLatch(1);
        Backend backend =
                Backend.start((request, reply) -> {
                    over.await();
                    reply.ok("late");
                });
        try (AdmissionGateway gate = AdmissionGateway.start(".enabled = false", backend)) {
            for (int i = 0; i < many; i++) {
                gate.get("x");
            }
            backend.awaitRequests(many);
            assertThat(gate.shed("cap")).isZero();
        } finally {
            over.countDown();
        }
    }
}
