package io.spillgate.it.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;

import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;

/// The numbers about admission agree with what was done.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class CountsTest {
    private static final Duration HELD = Duration.ofMillis(300);

    private AdmissionGateway gate;

    @BeforeEach
    void start() {
        gate =
                AdmissionGateway.start(
                        """
                        .maxLimit = 2
                        .queueSize = 1
                        .sampleWindow = 100
                        .smoothingFactor = 1.0
                        """);
    }

    @AfterEach
    void stop() {
        gate.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spillgate_admission_in_flight",
                "spillgate_admission_queued",
                "spillgate_admission_smoothed_latency_seconds",
                "spillgate_admission_wait_seconds_count",
                "spillgate_admission_held_seconds_count",
                "spillgate_admission_rejected_total{reason=\"cap\"}",
                "spillgate_admission_rejected_total{reason=\"queue_full\"}",
                "spillgate_admission_rejected_total{reason=\"queue_timeout\"}",
                "spillgate_admission_rejected_total{reason=\"utilization\"}",
                "spillgate_requests_rejected_total{reason=\"admission\"}",
            })
    void areThereFromTheStart(String sample) {
        assertThat(gate.gateway().metric(sample)).isZero();
    }

    @Test
    void beginWithTheCeilingAndIdleLoops() {
        Config stats = gate.stats();
        assertThat(stats.getInt("limit")).isEqualTo(2);
        assertThat(stats.getInt("inflight")).isZero();
        assertThat(stats.getInt("queued")).isZero();
        assertThat(stats.getDouble("elu")).isBetween(0.0, 1.0);
        assertThat(stats.getDouble("smoothedLatency")).isZero();
        assertThat(stats.getInt("rejected.admission")).isZero();
        assertThat(stats.getObject("shed"))
                .containsOnlyKeys("cap", "queue_full", "queue_timeout", "utilization");
    }

    @Test
    void followWhoRunsWaitsAndIsRefused() {
        AdmissionGateway.Running first = gate.run("first");
        AdmissionGateway.Running second = gate.run("second");
        Wire third = gate.queue("third");
        AdmissionGateway.expectBusy(gate.get("fourth").answer());
        AdmissionGateway.expectBusy(gate.get("fifth").answer());
        assertThat(gate.gateway().metric("spillgate_admission_limit")).isEqualTo(2);
        assertThat(gate.gateway().metric("spillgate_admission_in_flight")).isEqualTo(2);
        assertThat(gate.gateway().metric("spillgate_admission_queued")).isEqualTo(1);
        third.expectSilence(HELD);
        first.finish();
        second.finish();
        gate.next().ok("third");
        assertThat(third.answer().body()).isEqualTo("third");
        gate.expectEmpty();

        Config stats = gate.stats();
        assertThat(stats.getInt("shed.queue_full")).isEqualTo(2);
        assertThat(stats.getInt("rejected.admission")).isEqualTo(2);
        assertThat(metric("rejected_total{reason=\"queue_full\"}")).isEqualTo(2);
        assertThat(metric("rejected_total")).isEqualTo(2);
        assertThat(gate.gateway().metric("spillgate_requests_rejected_total{reason=\"admission\"}"))
                .isEqualTo(2);
        assertThat(metric("wait_seconds_count")).isEqualTo(1);
        assertThat(metric("wait_seconds_sum")).isBetween(0.3, 10.0);
        assertThat(metric("held_seconds_count")).isEqualTo(3);
        assertThat(metric("held_seconds_sum")).isBetween(0.6, 20.0);
        assertThat(
                        gate.gateway()
                                .metric(
                                        "spillgate_requests_total{handler=\"proxy\",status=\"200\"}"))
                .isEqualTo(3);
    }

    /// In milliseconds, of the newest window alone where that has all the weight.
    @Test
    void showHowLongRequestsTake() {
        AdmissionGateway.Running running = gate.run("x");
        running.wire().expectSilence(HELD);
        running.finish();
        Await.until("the latency is there", () -> gate.stats().getDouble("smoothedLatency") >= 300);
        assertThat(gate.stats().getDouble("smoothedLatency")).isLessThan(10_000);
        assertThat(metric("smoothed_latency_seconds")).isBetween(0.3, 10.0);
        gate.run("fast").finish();
        Await.until("the latency is less", () -> gate.stats().getDouble("smoothedLatency") < 250);
    }

    @Test
    void showBusyLoops() {
        assertThat(metric("utilization")).isBetween(0.0, 1.0);
    }

    private double metric(String name) {
        return gate.gateway().metric("spillgate_admission_" + name);
    }
}
