package io.spillgate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A gateway without direct memory for a while.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@DisabledOnOs(OS.WINDOWS)
final class ShortMemoryTest {
    private static final long DIRECT_BYTES = 32L << 20;
    private static final int CLIENTS = 20;

    @TempDir private Path folder = Path.of("");

    @Test
    void leavesNobodyOpenAndUnansweredAndRecovers() throws Exception {
        Path log = Files.writeString(folder.resolve("logback.xml"), Sabotage.logback());
        List<Wire> clients = new ArrayList<>();
        try (Program serve =
                        Program.serveOn(
                                Sabotage.options(log.toString(), DIRECT_BYTES),
                                "http.thread_pool_size=1",
                                "http.max_connections=500",
                                "log.access=true");
                Wire saboteur = serve.connectAdmin()) {
            assertThat(serve.metric("spillgate_direct_memory_limit_bytes")).isEqualTo(DIRECT_BYTES);
            saboteur.sendLines("GET /health?exhaust HTTP/1.1\nHost: test\n\n");
            serve.err().lineWith(Sabotage.DONE);
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(serve.connect());
                clients.getLast().sendLines("GET /health HTTP/1.1\nHost: test\n\n");
            }
            clients.forEach(ShortMemoryTest::awaitEnd);
            serve.type("enough");
            Await.until("it answers again", () -> status(serve, "/health") == 200);
            assertThat(status(serve, "/ready")).isEqualTo(503);
            assertThat(serve.metric("spillgate_allocation_failures_total"))
                    .isGreaterThanOrEqualTo(CLIENTS);
            assertThat(serve.err().lineWith("allocation_failed")).contains(" WARN ");
            Await.until("it is ready again", () -> status(serve, "/ready") == 200);
            assertThat(serve.metric("spillgate_direct_memory_bytes")).isLessThan(DIRECT_BYTES);
        } finally {
            clients.forEach(Wire::close);
        }
    }

    /// The connection ends, in whatever way; reading fails if it does not.
    private static void awaitEnd(Wire client) {
        if (!client.endsByReset()) {
            assertThat(client.rest()).isEmpty();
        }
    }

    private static int status(Program serve, String path) {
        try (Wire wire = serve.connect()) {
            wire.sendLines("GET " + path + " HTTP/1.1\nHost: test\n\n");
            return wire.answer().status();
        } catch (AssertionError closed) {
            return 0;
        }
    }
}
