package io.spillgate.it.stress;

import io.spillgate.it.process.Program;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A gateway in a process of its own, that can be killed.
final class GatewayProcess implements AutoCloseable {
    private final Process process;
    private final InetSocketAddress http;
    private final InetSocketAddress admin;

    private GatewayProcess(Process process, InetSocketAddress http, InetSocketAddress admin) {
        this.process = process;
        this.http = http;
        this.admin = admin;
    }

    /// Starts one and waits until it listens.
    ///
    /// @param settings what `--set` takes, one each
    static GatewayProcess start(String... settings) throws IOException {
        return start(List.of(), ProcessBuilder.Redirect.DISCARD, settings);
    }

    /// Starts one and waits until it listens.
    ///
    /// @param jvmOptions more options for its JVM
    /// @param log where its standard error goes
    /// @param settings what `--set` takes, one each
    static GatewayProcess start(
            List<String> jvmOptions, ProcessBuilder.Redirect log, String... settings)
            throws IOException {
        List<String> command = Program.java(jvmOptions, "serve");
        for (String setting : settings) {
            command.addAll(List.of("--set", setting));
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("SPILLGATE_"));
        builder.redirectError(log);
        Process process = builder.start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        return new GatewayProcess(
                process, address(out, "listening http "), address(out, "listening admin "));
    }

    InetSocketAddress http() {
        return http;
    }

    InetSocketAddress admin() {
        return admin;
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitStatus() throws InterruptedException {
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError("still running");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private static InetSocketAddress address(BufferedReader out, String before) throws IOException {
        String line = String.valueOf(out.readLine());
        if (!line.startsWith(before)) {
            throw new AssertionError("expected " + before + "but read " + line);
        }
        int colon = line.lastIndexOf(':');
        return new InetSocketAddress(
                line.substring(before.length(), colon),
                Integer.parseInt(line.substring(colon + 1)));
    }
}
