package io.spillgate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// A gateway that is told to end while its only event loop is held.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@DisabledOnOs(OS.WINDOWS)
final class StuckShutdownTest {
    private static final Duration IN_TIME = Duration.ofSeconds(6);
    private static final long DIRECT_BYTES = 32L << 20;

    @TempDir private Path folder = Path.of("");

    @Test
    void endsWhenItsTimeIsOver() throws Exception {
        Path log = Files.writeString(folder.resolve("logback.xml"), Sabotage.logback());
        try (Program serve =
                        Program.serveOn(
                                Sabotage.options(log.toString(), DIRECT_BYTES),
                                "http.thread_pool_size=1",
                                "http.max_connections=500",
                                "server.shutdownTimeout=500ms",
                                "log.access=true");
                Wire held = serve.connect()) {
            held.sendLines("GET /health?hold HTTP/1.1\nHost: test\n\n");
            serve.err().lineWith(Sabotage.DONE);
            long start = System.nanoTime();
            serve.signal("TERM");
            assertThat(serve.exitStatus()).isEqualTo(1);
            assertThat(System.nanoTime() - start).isLessThan(IN_TIME.toNanos());
        }
    }
}
