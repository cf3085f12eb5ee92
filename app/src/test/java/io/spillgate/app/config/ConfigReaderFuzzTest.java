package io.spillgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Whatever the bytes of a file are, reading it ends soon, with a configuration or with problems.
///
/// Runs over the seeds in the resources; with `JAZZER_FUZZ=1` it searches for five minutes.
final class ConfigReaderFuzzTest {
    private static final Duration SLOWEST = Duration.ofSeconds(20);
    private static Path folder = Path.of(".");

    @BeforeAll
    static void makeFolder() throws IOException {
        folder = Files.createTempDirectory("spillgate-fuzz");
    }

    @AfterAll
    static void removeFolder() throws IOException {
        for (String ending : List.of("toml", "yaml", "conf")) {
            Files.deleteIfExists(file(ending));
        }
        Files.delete(folder);
    }

    @FuzzTest(maxDuration = "5m")
    void toml(byte[] data) throws IOException {
        read("toml", data);
    }

    @FuzzTest(maxDuration = "5m")
    void yaml(byte[] data) throws IOException {
        read("yaml", data);
    }

    @FuzzTest(maxDuration = "5m")
    void conf(byte[] data) throws IOException {
        read("conf", data);
    }

    private static void read(String ending, byte[] data) throws IOException {
        Path file = file(ending);
        Files.write(file, data);
        // The first reading may have waited for the fuzzer to look at a class.
        if (time(file).compareTo(SLOWEST) > 0) {
            assertThat(time(file)).isLessThan(SLOWEST);
        }
    }

    private static Duration time(Path file) {
        long begin = System.nanoTime();
        try {
            Effective effective = ConfigReader.read(Optional.of(file), List.of(), Map.of());
            assertThat(effective.entries()).isNotEmpty();
        } catch (ConfigException e) {
            assertThat(e.problems())
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line).doesNotContain("\n", "\r"));
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private static Path file(String ending) {
        return folder.resolve("fuzz." + ending);
    }
}
