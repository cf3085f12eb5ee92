package io.spillgate.it.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The unit of the documentation, as systemd itself judges it.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SystemdTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "operations.md");
    private static final Pattern UNIT = Pattern.compile("```ini\n(.*?)```", Pattern.DOTALL);

    /// What leaves little to take, in tenths of the scale from 0 (safe) to 10.
    private static final String MOST_EXPOSURE = "20";

    @TempDir private Path folder = Path.of("");

    @Test
    void unitIsHardened() throws IOException, InterruptedException {
        assumeTrue(Nginx.find("systemd-analyze").isPresent(), "systemd is not installed");
        Path unit = Files.writeString(folder.resolve("spillgate.service"), documented());
        List<String> command =
                List.of(
                        "systemd-analyze",
                        "security",
                        "--offline=yes",
                        "--no-pager",
                        "--threshold=" + MOST_EXPOSURE,
                        unit.toString());
        try (Program analyze = Program.command(command)) {
            int status = analyze.exitStatus();
            assertThat(analyze.err().untilItsEnd()).isEmpty();
            assertThat(status).as(String.join("\n", analyze.out().lines())).isZero();
        }
    }

    @Test
    void unitNamesNoJdk() throws IOException {
        assertThat(documented().lines().filter(line -> !line.startsWith("#")))
                .noneMatch(line -> line.contains("/jvm/") || line.contains("JAVA_HOME"));
    }

    private static String documented() throws IOException {
        Matcher unit = UNIT.matcher(Files.readString(DOCUMENT));
        assertThat(unit.find()).isTrue();
        return unit.group(1);
    }
}
