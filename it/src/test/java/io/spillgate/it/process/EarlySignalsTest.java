package io.spillgate.it.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.it.harness.Await;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Signals between the beginning of `main` and the line that says that the gateway listens. A
/// moment is named by a class that is loaded then.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@DisabledOnOs(OS.WINDOWS)
final class EarlySignalsTest {
    @TempDir private Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "picocli.CommandLine",
                "io.spillgate.app.config.ConfigReader",
                "io.spillgate.Gateway",
                "io.spillgate.broker.LocalBroker",
                "io.spillgate.listener.Listener",
                "io.spillgate.net.Watchdog",
            })
    void aStopEndsTheProcessWithStatusZeroAndWithoutAnException(String moment) throws Exception {
        try (Program serve = serve()) {
            await(moment);
            serve.signal("TERM");
            assertThat(serve.exitStatus()).isZero();
            assertThat(serve.err().untilItsEnd()).noneMatch(line -> line.contains("Exception"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "picocli.CommandLine",
                "io.spillgate.app.config.ConfigReader",
                "io.spillgate.broker.LocalBroker",
            })
    void aReloadIsDoneWhenTheGatewayRuns(String moment) throws Exception {
        try (Program serve = serve()) {
            await(moment);
            serve.signal("HUP");
            serve.err().lineWith("configuration reloaded");
            serve.publish("demo", "it runs");
            serve.signal("TERM");
            assertThat(serve.exitStatus()).isZero();
            assertThat(serve.err().untilItsEnd())
                    .filteredOn(line -> line.contains("configuration reloaded"))
                    .hasSize(1);
        }
    }

    private Program serve() {
        return Program.serveOn(
                List.of("-Xlog:class+load:file=" + loaded()), "http.max_connections=500");
    }

    private void await(String loadedClass) {
        Await.until(loadedClass + " is loaded", () -> read().contains(" " + loadedClass + " "));
    }

    private Path loaded() {
        return folder.resolve("loaded.txt");
    }

    private String read() {
        try {
            return Files.exists(loaded()) ? Files.readString(loaded()) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
