package io.spillgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;

import io.spillgate.it.harness.Answer;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.HoldingLog;
import io.spillgate.it.harness.TestGateway;
import io.spillgate.it.harness.Wire;
import io.spillgate.it.pool.LogLines;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.regex.Pattern;

/// A gateway of two event loops, one of which is held by an access log that does not take a line.
final class StuckLoopTest {
    private static final String HOLDING_METHOD = "HoldingLog.append";
    private static final Pattern HALF_A_SECOND =
            Pattern.compile(
                    "busy_seconds_total\\{loop=\"[12]\",work=\"receive\"}"
                            + " (0\\.[5-9]|[1-9]\\.)\\d*\\n");

    private HoldingLog log;
    private TestGateway gateway;

    @BeforeEach
    void start() {
        log = new HoldingLog();
        gateway = TestGateway.start("http.thread_pool_size = 2\nlog.access = true");
    }

    @AfterEach
    void stop() {
        log.close();
        gateway.close();
    }

    @Test
    void theLogNamesWhatHoldsTheLoopAndThatItGoesOn() throws InterruptedException {
        try (LogLines lines = new LogLines("io.spillgate.net", Level.INFO);
                Wire witness = gateway.connectAdmin();
                Wire held = gateway.connect()) {
            log.hold(held);

            lines.await("WARN loop_stuck loop=spillgate-io-", " for=1.", HOLDING_METHOD);
            assertThat(ask(witness, "/ready").status()).isEqualTo(200);

            log.release();
            lines.await("WARN loop_recovered loop=spillgate-io-", " after=");
            assertThat(lines.all()).hasSize(2);
        }
    }

    @Test
    void theTimeOfWhatHoldsTheLoopIsCountedBeforeItEnds() throws InterruptedException {
        try (Wire witness = gateway.connectAdmin();
                Wire held = gateway.connect()) {
            log.hold(held);

            Await.until(
                    "half a second was spent on the request",
                    () -> HALF_A_SECOND.matcher(ask(witness, "/metrics").text()).find());
        }
    }

    /// Connections go to the loops in turn, so the two are on different ones.
    @Test
    void isNotReadyButHealthyUntilTheLoopGoesOn() throws InterruptedException {
        try (Wire witness = gateway.connectAdmin()) {
            assertThat(ask(witness, "/ready").status()).isEqualTo(200);
            try (Wire held = gateway.connect()) {
                log.hold(held);
                assertThat(ask(witness, "/ready").status()).isEqualTo(200);

                Await.until("it is not ready", () -> ask(witness, "/ready").status() == 503);
                assertThat(ask(witness, "/ready").text()).isEqualTo("not ready");
                assertThat(ask(witness, "/health").status()).isEqualTo(200);
                assertThat(ask(witness, "/metrics").text())
                        .containsPattern("spillgate_event_loop_utilization\\{loop=\"[12]\"} 1\\.0");

                log.release();
                Await.until("it is ready again", () -> ask(witness, "/ready").status() == 200);
                assertThat(ask(witness, "/metrics").text())
                        .containsPattern(
                                "spillgate_event_loop_lag_seconds_bucket\\{le=\"5.0\"} \\d")
                        .doesNotContainPattern("spillgate_event_loop_lag_seconds_sum [0-4]\\.");
            }
        }
    }

    private static Answer ask(Wire wire, String path) {
        return wire.sendLines("GET " + path + " HTTP/1.1\nHost: test\n\n").answer();
    }
}
