package io.spillgate.it.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;

/// Who waits where latency counts more than order.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LatencyProfileTest {
    private static final String ONE = ".queueTimeout = 60000\n.maxLimit = 1\n";
    private static final String LATENCY = ".profile = \"latency\"\n";

    /// Longer than anybody may wait with `latency`, and much less than `queueTimeout`.
    private static final Duration A_WHILE = Duration.ofSeconds(1);

    private AdmissionGateway gate;

    @BeforeEach
    void start() {
        gate = AdmissionGateway.start(ONE + LATENCY);
    }

    @AfterEach
    void stop() {
        gate.close();
    }

    @Test
    void nobodyWaitsForLong() {
        AdmissionGateway.Running running = gate.run("x");
        for (int i = 1; i <= 5; i++) {
            AdmissionGateway.expectBusy(gate.get("y").answer());
            assertThat(gate.shed("queue_timeout")).isEqualTo(i);
        }
        assertThat(gate.queued()).isZero();
        running.finish();
        gate.run("z").finish();
        gate.expectEmpty();
    }

    @Test
    void aReloadChangesTheProfileOfThoseWhoComeAfterIt() {
        AdmissionGateway.Running running = gate.run("x");
        gate.reload(ONE);
        Wire patient = gate.queue("patient");
        gate.reload(ONE + LATENCY);
        AdmissionGateway.expectBusy(gate.get("hasty").answer());
        patient.expectSilence(A_WHILE);
        assertThat(gate.queued()).isEqualTo(1);
        running.finish();
        gate.next().ok("done");
        assertThat(patient.answer().body()).isEqualTo("done");
        gate.expectEmpty();
    }
}
