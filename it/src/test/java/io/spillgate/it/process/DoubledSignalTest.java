package io.spillgate.it.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.spillgate.it.harness.Upload;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// One stop that arrives twice: `timeout` of GNU sends it to its child and to their group.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class DoubledSignalTest {
    @Test
    void drainsBelowTimeoutOfGnu() throws InterruptedException {
        assumeTrue(isGnu(), "timeout is not that of GNU");
        try (Program serve =
                        Program.serveAfter(
                                "exec timeout 60 \"$@\"",
                                "server.shutdownTimeout=1h",
                                "admin.hosts=test");
                Upload upload = Upload.open(serve.connectAdmin(), "demo")) {
            upload.send("data: one\n\n");
            serve.awaitMetric("spillgate_messages_published_total", 1);
            serve.signal("TERM");
            serve.err().lineWith("SIGTERM: draining");
            assertThat(upload.send("data: two\n\n").finish().status()).isEqualTo(200);
            assertThat(serve.exitStatus()).isZero();
        }
    }

    private static boolean isGnu() {
        try {
            Process version = new ProcessBuilder("timeout", "--version").start();
            byte[] said = version.getInputStream().readAllBytes();
            return new String(said, StandardCharsets.UTF_8).contains("GNU");
        } catch (IOException e) {
            return false;
        }
    }
}
