package io.spillgate.app;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The program in a process of its own.
final class Child implements AutoCloseable {
    private static final Map<String, Integer> NUMBERS = Map.of("HUP", 1, "INT", 2, "TERM", 15);

    private final Process process;
    private final BufferedReader out;
    private final BufferedReader err;

    private Child(Process process) {
        this.process = process;
        out = process.inputReader(StandardCharsets.UTF_8);
        err = process.errorReader(StandardCharsets.UTF_8);
    }

    static Child start(String... arguments) throws IOException {
        return startIn(Map.of(), arguments);
    }

    /// @param environment variables besides those of this process, which are not ours
    static Child startIn(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(
                List.of("--enable-native-access=ALL-UNNAMED", "-Dspillgate.rehearsal=false"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(Main.class.getName());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("SPILLGATE_"));
        builder.environment().putAll(environment);
        return new Child(builder.start());
    }

    /// The next line of standard output; the word `null` at its end.
    String line() throws IOException {
        return String.valueOf(out.readLine());
    }

    /// All of standard output that was not read yet.
    List<String> lines() {
        return out.lines().toList();
    }

    /// Reads standard error up to the line that contains the text, and returns that line.
    String errorLineWith(String text) throws IOException {
        StringBuilder read = new StringBuilder();
        for (String line = err.readLine(); line != null; line = err.readLine()) {
            if (line.contains(text)) {
                return line;
            }
            read.append(line).append('\n');
        }
        throw new AssertionError("no line with \"" + text + "\" in:\n" + read);
    }

    /// All of standard error that was not read yet.
    List<String> errorLines() {
        return err.lines().toList();
    }

    /// Nobody reads standard output any more.
    void closeOutput() throws IOException {
        out.close();
    }

    /// Sends a signal. The test is skipped where the build itself was started to ignore it, because
    /// children and their JVMs do so too: SIGINT in the background, SIGHUP under `nohup`.
    void signal(String name) throws IOException, InterruptedException {
        assumeFalse(ignores(name), "this build was started to ignore SIG" + name);
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
    }

    int exitStatus() throws InterruptedException {
        return process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private boolean ignores(String name) throws IOException {
        Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
        if (!Files.exists(status)) {
            return false;
        }
        int number = Objects.requireNonNull(NUMBERS.get(name));
        String ignored = Files.readString(status).replaceAll("(?s).*\\nSigIgn:\\s*(\\w+).*", "$1");
        return (Long.parseUnsignedLong(ignored, 16) >> (number - 1) & 1) == 1;
    }
}
