package io.spillgate.it.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The folder of jars that a build makes.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class DistributionTest {
    private static final Path JAR =
            Path.of(
                            System.getProperty("basedir", "."),
                            "../app/target/spillgate/lib/spillgate-app.jar")
                    .toAbsolutePath()
                    .normalize();

    @BeforeEach
    void skipWithoutIt() {
        assumeTrue(Files.exists(JAR), "nothing is packaged yet: mvn package");
    }

    @Test
    void startsWithJavaAndTheJarAlone() throws InterruptedException {
        try (Program version = start("version")) {
            assertThat(version.exitStatus()).isZero();
            assertThat(version.out().line(0)).startsWith("spillgate ");
            assertThat(version.err().untilItsEnd()).isEmpty();
        }
    }

    @Test
    void servesFromThere() throws InterruptedException {
        try (Program serve =
                start(
                        "serve",
                        "--set",
                        "http.bind_address=127.0.0.1:0",
                        "--set",
                        "admin.bind_address=127.0.0.1:0")) {
            serve.publish("demo", "from a jar");
            serve.signal("TERM");
            assertThat(serve.exitStatus()).isZero();
            assertThat(serve.err().lines()).noneMatch(line -> line.startsWith("WARNING"));
        }
    }

    private static Program start(String... arguments) {
        List<String> java =
                List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-jar");
        List<String> command = new java.util.ArrayList<>(java);
        command.add(JAR.toString());
        command.addAll(List.of(arguments));
        return Program.command(command);
    }
}
