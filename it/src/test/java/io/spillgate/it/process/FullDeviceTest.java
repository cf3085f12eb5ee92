package io.spillgate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// A gateway whose log can't be written.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@EnabledOnOs(OS.LINUX)
final class FullDeviceTest {
    @Test
    void servesAndEndsAsUsual() throws Exception {
        try (Program serve = Program.serveAfter("exec 2>/dev/full", "log.access=true")) {
            for (int i = 0; i < 10; i++) {
                try (Wire wire = serve.connect()) {
                    wire.sendLines("GET /health HTTP/1.1\nHost: test\n\n");
                    assertThat(wire.answer().status()).isEqualTo(200);
                }
            }
            serve.signal("TERM");
            assertThat(serve.exitStatus()).isZero();
        }
    }
}
