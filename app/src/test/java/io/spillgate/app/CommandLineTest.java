package io.spillgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

class CommandLineTest {
    @TempDir private Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"serve", "check", "doctor", "dev-cert", "publish", "tail", "version"})
    void helpsWithEveryCommand(String command) {
        CommandRun run = CommandRun.of(command, "--help");
        assertThat(run.status()).isZero();
        assertThat(run.out()).startsWith("Usage: spillgate " + command);
        assertThat(CommandRun.of("--help").out()).contains("\n  " + command + " ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "serv", "--no-such-option", "publish", "tail", "check"})
    void refusesWrongUsageInTwoLines(String line) {
        CommandRun run = CommandRun.of(line.isEmpty() ? new String[0] : new String[] {line});
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("spillgate: ").hasLineCount(2);
    }

    @Test
    void refusesAnAddressThatIsNone() {
        CommandRun run = CommandRun.of("tail", "--url", "ftp://x", "demo");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("'ftp://x' is not an address such as");
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "publish", "completion", "man"})
    void helpsWithACommandThatIsNamed(String command) {
        CommandRun run = CommandRun.of("help", command);
        assertThat(run.status()).isZero();
        assertThat(run.out()).startsWith("Usage: spillgate " + command);
        assertThat(run.out()).isEqualTo(CommandRun.of(command, "--help").out());
    }

    @Test
    void helpsWithAllCommandsAndNotWithOneThatIsNone() {
        assertThat(CommandRun.of("help").out()).isEqualTo(CommandRun.of("--help").out());
        assertThat(CommandRun.of("help", "serv").status()).isEqualTo(2);
        assertThat(CommandRun.of("man", "serv").err()).contains("'serv' is not a command");
    }

    @Test
    void completesCommandsAndOptionsInAShell() throws Exception {
        String script = CommandRun.of("completion").out();
        assertThat(
                        bash(
                                script
                                        + "\n"
                                        + "COMP_WORDS=(spillgate pub); COMP_CWORD=1;"
                                        + " COMP_LINE='spillgate pub'\n"
                                        + "_complete_spillgate; echo \"${COMPREPLY[@]}\""))
                .isEqualTo("publish\n");
        assertThat(
                        bash(
                                script
                                        + "\nCOMP_WORDS=(spillgate tail --max); COMP_CWORD=2;"
                                        + " COMP_LINE='spillgate tail --max'"
                                        + "\n_complete_spillgate; echo \"${COMPREPLY[@]}\""))
                .isEqualTo("--max-time\n");
    }

    @Test
    void printsAManualPageOfEachCommand() {
        assertThat(CommandRun.of("man").out())
                .startsWith(".TH \"SPILLGATE\" \"1\"")
                .contains("\n.TP\n\\fBserve\\fR\nRuns the gateway.\n");
        assertThat(CommandRun.of("man", "tail").out())
                .startsWith(".TH \"SPILLGATE\\-TAIL\" \"1\"")
                .contains("\n.SH \"SYNOPSIS\"\n.nf\nspillgate tail [")
                .contains("\n.TP\n\\fB\\-\\-count N\\fR\nEnds after N events.\n")
                .contains("\n.TP\n\\fBTOPIC\\fR\nThe topics, at most 100.\n");
    }

    @Test
    void printsItsVersion() {
        String expected = "spillgate [0-9][^ ]* \\(netty 4[^ ]*, java 2[^ ]*\\)\n";
        assertThat(CommandRun.of("version").out()).matches(expected);
        assertThat(CommandRun.of("--version").out()).matches(expected);
    }

    @Test
    void checkAcceptsAGoodFile() throws IOException {
        Path file = file("[http]\nmax_connections = 500\n");
        CommandRun run = CommandRun.of("check", file.toString());
        assertThat(run.status()).isZero();
        assertThat(run.out()).isEqualTo(file + ": usable\n");
    }

    @Test
    void checkNamesEveryProblemOfABadFile() throws IOException {
        Path file = file("[http]\nmax_conections = 500\nthread_pool_size = -1\n");
        CommandRun run = CommandRun.of("check", file.toString());
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains(file + ":2:").contains(file + ":3:");
    }

    @Test
    void checkRefusesAMissingFileOfTlsAsServeDoes() throws IOException {
        Path file = file("[client.tls]\ntrust-file = \"none.pem\"\n");
        CommandRun check = CommandRun.of("check", file.toString());
        CommandRun serve = CommandRun.of("serve", "--config", file.toString());
        assertThat(check.status()).isEqualTo(2);
        assertThat(check.err()).startsWith(file + ":2: client.tls.trust-file: is \"none.pem\"");
        assertThat(serve).isEqualTo(check);
    }

    @Test
    void checkWarnsOfWhatCanNeverHappen() throws IOException {
        Path file =
                file(
                        "[[routes]]\npath = \"/*\"\nstream = \"a\"\n"
                                + "[[routes]]\npath = \"/b\"\nstream = \"b\"\n");
        CommandRun run = CommandRun.of("check", file.toString());
        assertThat(run.status()).isZero();
        assertThat(run.err())
                .startsWith("warning: " + file + ":5: routes[1].path: is never reached, routes[0]");
    }

    @Test
    void checkPrintsWhereEachValueComesFrom() throws IOException {
        Path file = file("[http]\nmax_connections = 500\n");
        CommandRun run =
                CommandRun.of(
                        "check", "--print", "--set", "http.thread_pool_size=3", file.toString());
        assertThat(run.out())
                .contains("http.max_connections = 500  # " + file + ":2\n")
                .contains("http.thread_pool_size = 3  # --set\n");
        assertThat(run.out().lines()).anyMatch(line -> line.endsWith("  # default"));
    }

    @Test
    void serveStartsNothingWithABadFile() throws IOException {
        CommandRun run = CommandRun.of("serve", "--config", file("[nonsense]\n").toString());
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("nonsense");
    }

    @Test
    void doctorNamesWhatIsTooSmallAndHowToChangeIt() {
        CommandRun run = CommandRun.of("doctor", "--set", "http.keepalive_interval_sec=0");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out())
                .contains("WARN silent streams    http.keepalive_interval_sec is 0s")
                .contains("fix: --set http.keepalive_interval_sec=25")
                .contains("proxy_buffering off");
    }

    @Test
    void doctorRefusesABadConfiguration() {
        assertThat(CommandRun.of("doctor", "--set", "http.nonsense=0").status()).isEqualTo(2);
    }

    private static String bash(String script) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("bash", "-c", script).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return out;
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("gate.toml"), text);
    }
}
