package io.spillgate.it.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.List;

/// What Prometheus itself says of the metrics.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PromtoolTest {
    private static final String ROUTE =
            "routes=[{path=\"/x\", proxy=\"http://127.0.0.1:1\"}, {path=\"/s\", stream=\"s\"}]";

    @Test
    void findsNothingToSayOfTheMetrics() throws InterruptedException {
        assumeTrue(isThere(), "promtool is not installed");
        try (Program serve = Program.serve(ROUTE)) {
            isContentWith(metrics(serve));
            try (Wire wire = serve.connect()) {
                wire.sendLines("GET /x HTTP/1.1\nHost: test\n\n").answer();
            }
            assertThat(metrics(serve)).contains("spillgate_pool_requests_total{");
            isContentWith(metrics(serve));
        }
    }

    private static void isContentWith(String metrics) throws InterruptedException {
        try (Program promtool = Program.command(List.of("promtool", "check", "metrics"))) {
            promtool.type(metrics);
            promtool.endInput();
            int status = promtool.exitStatus();
            assertThat(promtool.err().untilItsEnd()).isEmpty();
            assertThat(status).isZero();
        }
    }

    private static String metrics(Program serve) {
        try (Wire wire = serve.connectAdmin()) {
            return wire.sendLines("GET /metrics HTTP/1.1\nHost: localhost\n\n").answer().text();
        }
    }

    private static boolean isThere() {
        try {
            new ProcessBuilder("promtool", "--version").start().destroy();
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
