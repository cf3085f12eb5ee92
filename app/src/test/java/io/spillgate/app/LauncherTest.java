package io.spillgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// The launcher in a source tree of its own, with a JDK and a Maven that only say how they were
/// called.
@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    private static final int PATIENCE_SECONDS = 30;
    private static final String DISTRIBUTION = "app/target/launcher/spillgate";
    private static final String BUILDS = "mkdir -p " + DISTRIBUTION + "/lib";
    private static final Instant EARLIER = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir private Path folder = Path.of("");
    private Path project = Path.of("");
    private Path tools = Path.of("");
    private Path jdk = Path.of("");

    /// @param status the exit status
    /// @param out what went to standard output
    /// @param err what went to standard error
    private record Run(int status, String out, String err) {}

    @BeforeEach
    void layOutTheProject() throws IOException {
        project = Files.createDirectories(folder.resolve("my project"));
        tools = Files.createDirectories(folder.resolve("tools"));
        jdk = jdk("jdk", "25.0.1");
        Files.copy(launcher(), project.resolve("spillgate"));
        executable(project.resolve("spillgate"));
        for (String part : List.of("core", "app")) {
            Files.createDirectories(project.resolve(part + "/src/main"));
            Files.writeString(project.resolve(part + "/pom.xml"), "");
        }
        Files.writeString(project.resolve("pom.xml"), "");
        Files.createDirectories(project.resolve(DISTRIBUTION + "/lib"));
        Files.writeString(project.resolve(DISTRIBUTION + "/built"), "");
    }

    @Test
    void becomesTheJvmWithTheArgumentsAsTheyAre() throws Exception {
        Run run = launch(project.resolve("spillgate"), Map.of(), "publish", "a b", "*", "", "-");
        assertThat(run.status()).isEqualTo(7);
        assertThat(run.out()).endsWith("<-jar>\n<" + jar() + ">\n<publish>\n<a b>\n<*>\n<>\n<->\n");
    }

    @Test
    void worksThroughASymbolicLink() throws Exception {
        Path link =
                Files.createSymbolicLink(tools.resolve("sg"), Path.of("../my project/spillgate"));
        Path second = Files.createSymbolicLink(folder.resolve("second"), link);
        assertThat(launch(second, Map.of(), "version").out()).contains("<" + jar() + ">");
    }

    @Test
    void addsTheOperatorsOptionsLastAndHidesThemFromTheProgram() throws Exception {
        Map<String, String> environment = Map.of("SPILLGATE_JAVA_OPTS", "-Xmx3g -Dx=*");
        Run run = launch(project.resolve("spillgate"), environment, "serve");
        assertThat(run.out()).contains("<-Xmx3g>\n<-Dx=*>\n<-jar>").contains("opts=unset");
        assertThat(run.out().indexOf("<-Xmx1g>")).isLessThan(run.out().indexOf("<-Xmx3g>"));
    }

    @Test
    void startsCommandsThatEndSoonWithoutTheOptimizingCompiler() throws Exception {
        Path launcher = project.resolve("spillgate");
        assertThat(launch(launcher, Map.of(), "tail", "x").out()).contains("TieredStopAtLevel=1");
        assertThat(launch(launcher, Map.of(), "serve").out()).doesNotContain("TieredStopAtLevel");
    }

    @Test
    void passesOverAJdkThatIsTooOld() throws Exception {
        Path old = jdk("old", "17.0.2");
        Files.createSymbolicLink(tools.resolve("java"), jdk.resolve("bin/java"));
        Map<String, String> environment = Map.of("JAVA_HOME", old.toString());
        Run run = launch(project.resolve("spillgate"), environment, "version");
        assertThat(run.out()).startsWith(jdk.toRealPath() + "/bin/java");
    }

    @Test
    void refusesAWrongJdkThatWasAskedFor() throws Exception {
        Path old = jdk("old", "17.0.2");
        Map<String, String> environment = Map.of("SPILLGATE_JAVA_HOME", old.toString());
        Run run = launch(project.resolve("spillgate"), environment, "version");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("SPILLGATE_JAVA_HOME=" + old + " is not a JDK 25 or newer");
    }

    @Test
    void buildsOnFirstUseAndNotAgain() throws Exception {
        Files.delete(project.resolve(DISTRIBUTION + "/built"));
        maven(BUILDS + "; echo built with $JAVA_HOME: \"$@\"");
        Run first = launch(project.resolve("spillgate"), Map.of(), "version");
        assertThat(first.status()).isEqualTo(7);
        assertThat(first.err()).contains("building").contains("built");
        assertThat(project.resolve("target/build.log"))
                .content()
                .startsWith("built with " + jdk)
                .contains(
                        "-Dquick -Dbuild.folder=target/launcher -Dmaven.test.skip=true -pl app"
                                + " -am");
        assertThat(launch(project.resolve("spillgate"), Map.of(), "version").err()).isEmpty();
    }

    @Test
    void buildsAgainWhenASourceIsNewer() throws Exception {
        Path built = project.resolve(DISTRIBUTION + "/built");
        Files.setLastModifiedTime(built, FileTime.from(EARLIER));
        maven(BUILDS);
        assertThat(launch(project.resolve("spillgate"), Map.of(), "version").err())
                .contains("building");
    }

    @Test
    void usesWhatIsBuiltInACopyWhoseFilesAreAllNew() throws Exception {
        Path copy = copyOfABuiltTree();
        maven("exit 1");
        assertThat(launch(copy.resolve("spillgate"), Map.of(), "version"))
                .satisfies(run -> assertThat(run.err()).isEmpty())
                .satisfies(run -> assertThat(run.out()).contains("<" + copy.toRealPath() + "/app"));
    }

    @Test
    void usesWhatIsBuiltWhereItMayNotWrite() throws Exception {
        Path copy = copyOfABuiltTree();
        Files.writeString(copy.resolve("app/src/main/New.java"), "class New {}");
        Files.writeString(copy.resolve("target"), "in the way of a folder");
        Run run = launch(copy.resolve("spillgate"), Map.of(), "version");
        assertThat(run.status()).isEqualTo(7);
        assertThat(run.err())
                .contains("this user may not build in " + copy.toRealPath())
                .contains("running what was built");
    }

    @Test
    void saysThatItMayNotBuildWhereNothingIsBuilt() throws Exception {
        Files.delete(project.resolve(DISTRIBUTION + "/built"));
        Files.writeString(project.resolve("target"), "in the way of a folder");
        Run run = launch(project.resolve("spillgate"), Map.of(), "version");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("this user may not build in ");
    }

    @Test
    void startsWithTheCacheOfItsBuildAndWithoutItElsewhere() throws Exception {
        script(
                jdk.resolve("bin/java"),
                """
                case "$*" in
                    *AOTMode=record*) touch "${0%/*}/../../my project/app/target/launcher/spillgate.recorded" ;;
                    *AOTMode=create*) touch "${0%/*}/../../my project/app/target/launcher/spillgate.aot" ;;
                    *) for argument do printf '<%s>\\n' "$argument"; done ;;
                esac
                """);
        Path copy = copyOfABuiltTree();
        String cached =
                "<-XX:AOTCache=" + project.toRealPath() + "/app/target/launcher/spillgate.aot>";
        Path launcher = project.resolve("spillgate");
        assertThat(launch(launcher, Map.of(), "serve").out()).contains(cached, "<-Xlog:aot*=off>");
        assertThat(launch(launcher, Map.of(), "tail", "x").out()).contains(cached);
        assertThat(launch(launcher, Map.of("SPILLGATE_JAVA_OPTS", "-Xmx4g"), "serve").out())
                .contains(cached);
        assertThat(launch(launcher, Map.of("SPILLGATE_JAVA_OPTS", "-XX:+UseZGC"), "serve").out())
                .doesNotContain("AOTCache");
        assertThat(launch(copy.resolve("spillgate"), Map.of(), "serve").out())
                .doesNotContain("AOTCache");
    }

    @Test
    void showsTheErrorsOfABuildThatFails() throws Exception {
        Files.delete(project.resolve(DISTRIBUTION + "/built"));
        maven("echo '[INFO] chatter'; echo '[ERROR] no such artifact'; exit 1");
        Run run = launch(project.resolve("spillgate"), Map.of(), "version");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("[ERROR] no such artifact")
                .contains("the build failed")
                .doesNotContain("chatter");
        assertThat(project.resolve("target/build.lock")).doesNotExist();
    }

    @Test
    void takesOverTheLockOfABuildThatDied() throws Exception {
        Files.delete(project.resolve(DISTRIBUTION + "/built"));
        maven(BUILDS);
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Path lock = Files.createDirectories(project.resolve("target/build.lock"));
        Files.writeString(lock.resolve("pid"), dead.pid() + "\n");
        assertThat(launch(project.resolve("spillgate"), Map.of(), "version").status()).isEqualTo(7);
    }

    /// A copy without the times of the files, after a build.
    private Path copyOfABuiltTree() throws IOException, InterruptedException {
        Files.delete(project.resolve(DISTRIBUTION + "/built"));
        maven(BUILDS + "; touch " + DISTRIBUTION + "/lib/spillgate-app.jar");
        assertThat(launch(project.resolve("spillgate"), Map.of(), "version").err())
                .contains("building");
        Path copy = folder.resolve("copy");
        new ProcessBuilder("cp", "-r", project.toString(), copy.toString()).start().waitFor();
        Files.setLastModifiedTime(copy.resolve(DISTRIBUTION + "/built"), FileTime.from(EARLIER));
        new ProcessBuilder("rm", "-r", copy.resolve("target").toString()).start().waitFor();
        return copy;
    }

    private String jar() throws IOException {
        return project.toRealPath() + "/" + DISTRIBUTION + "/lib/spillgate-app.jar";
    }

    private Run launch(Path launcher, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("SPILLGATE_"));
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("JAVA_HOME", jdk.toString());
        builder.environment().put("PATH", tools + ":" + System.getenv("PATH"));
        builder.environment().putAll(environment);
        Path out = folder.resolve("stdout");
        Path err = folder.resolve("stderr");
        Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("does not end; said: " + Files.readString(err));
        }
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = folder.resolve(name);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        script(home.resolve("bin/javac"), "exit 1");
        script(
                home.resolve("bin/java"),
                """
                echo "$0"
                echo "opts=${SPILLGATE_JAVA_OPTS-unset}"
                for argument do printf '<%s>\\n' "$argument"; done
                exit 7
                """);
        return home;
    }

    private void maven(String body) throws IOException {
        script(tools.resolve("mvn"), body);
    }

    private static void script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        executable(file);
    }

    private static void executable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path launcher() {
        Path module = Path.of("").toAbsolutePath();
        return Objects.requireNonNull(module.getParent()).resolve("spillgate");
    }
}
