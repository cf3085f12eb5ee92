package io.spillgate.it.process;

import io.spillgate.app.Main;
import io.spillgate.it.harness.Await;
import io.spillgate.it.harness.EventStream;
import io.spillgate.it.harness.Publisher;
import io.spillgate.it.harness.Wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A command in a process of its own, from the classes of this build.
public final class Program implements AutoCloseable {
    private static final String LOOPBACK = "127.0.0.1:0";

    private final Process process;
    private final Output out;
    private final Output err;

    private Program(Process process) {
        this.process = process;
        out = new Output(process.inputReader(StandardCharsets.UTF_8));
        err = new Output(process.errorReader(StandardCharsets.UTF_8));
    }

    /// Starts `spillgate` with these arguments.
    public static Program spillgate(String... arguments) {
        return command(java(arguments));
    }

    /// Starts `spillgate serve` without a file, on free ports of the loopback interface.
    ///
    /// @param sets what to change, `key=value` each
    public static Program serve(String... sets) {
        return spillgate(onLoopback(sets));
    }

    /// Starts `spillgate serve` where this one was, after it has gone.
    public Program again(String... sets) {
        List<String> all = new ArrayList<>(List.of(sets));
        all.add("http.bind_address=" + authority(0));
        all.add("admin.bind_address=" + authority(1));
        return serve(all.toArray(String[]::new));
    }

    /// Starts `spillgate serve` after a command of the shell, `ulimit` say.
    static Program serveAfter(String shellCommand, String... sets) {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("bash", "-c", shellCommand + " && exec \"$@\"", "bash"));
        command.addAll(java(onLoopback(sets)));
        return command(command);
    }

    /// Starts `spillgate serve` in a JVM with more options.
    static Program serveOn(List<String> options, String... sets) {
        return command(java(options, onLoopback(sets)));
    }

    /// Starts any program.
    public static Program command(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("SPILLGATE_"));
        try {
            return new Program(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What it prints to standard output.
    public Output out() {
        return out;
    }

    /// What it prints to standard error.
    public Output err() {
        return err;
    }

    /// Writes to its standard input, and leaves that open.
    public void type(String text) {
        try {
            process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException("printed: " + err.lines(), e);
        }
    }

    /// Ends its standard input.
    void endInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Where a gateway's public listener is, beginning with `http://`.
    public String url() {
        return "http://" + authority(0);
    }

    /// Where a gateway's admin listener is, beginning with `http://`.
    public String adminUrl() {
        return "http://" + authority(1);
    }

    /// Where a gateway's public listener is.
    InetSocketAddress address() {
        return address(0);
    }

    /// Waits until a gateway's metric has a value.
    void awaitMetric(String name, double value) {
        Await.until(name + " is " + value, () -> metric(name) == value);
    }

    /// A new connection to a gateway's public listener.
    public Wire connect() {
        return Wire.to(address(0));
    }

    /// A new connection to a gateway's admin listener.
    public Wire connectAdmin() {
        return Wire.to(address(1));
    }

    /// Subscribes at a gateway; see [EventStream#open].
    public EventStream subscribe(String topic, String... headerLines) {
        return EventStream.open(connect(), "/events/" + topic, headerLines);
    }

    /// Publishes one event at a gateway and returns its id.
    ///
    /// @param target the path below the hub's, query included
    public String publish(String target, String data) {
        try (Publisher publisher = new Publisher(connectAdmin())) {
            return publisher.publish(target, data);
        }
    }

    /// The value of a gateway's metric: the sum of its samples.
    public double metric(String name) {
        try (Wire wire = connectAdmin()) {
            wire.sendLines("GET /metrics HTTP/1.1\nHost: localhost\nConnection: close\n\n");
            return wire.answer()
                    .text()
                    .lines()
                    .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                    .sum();
        }
    }

    /// The processor time it has used so far, in nanoseconds.
    long cpuNanos() {
        return process.info().totalCpuDuration().orElseThrow().toNanos();
    }

    /// How many descriptors it has open, on Linux.
    int openFiles() {
        String[] open = Path.of("/proc", String.valueOf(process.pid()), "fd").toFile().list();
        return open == null ? 0 : open.length;
    }

    /// Sends a signal.
    ///
    /// @param name without SIG
    public void signal(String name) throws InterruptedException {
        String pid = String.valueOf(process.pid());
        try {
            new ProcessBuilder("kill", "-" + name, pid).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Ends it as a crash does, and waits until it is gone.
    public void crash() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /// Waits for its end.
    public int exitStatus() throws InterruptedException {
        return exitStatus(Await.PATIENCE);
    }

    /// Waits for its end, if need be for longer than other things may take.
    public int exitStatus(Duration patience) throws InterruptedException {
        if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("still runs; printed: " + out.lines() + err.lines());
        }
        return process.exitValue();
    }

    /// Whether it has not ended yet.
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private InetSocketAddress address(int line) {
        String authority = authority(line);
        int colon = authority.lastIndexOf(':');
        String host = authority.substring(0, colon);
        return new InetSocketAddress(host, Integer.parseInt(authority.substring(colon + 1)));
    }

    /// Host and port out of one of the lines `listening NAME HOST:PORT`.
    private String authority(int line) {
        String listening = out.line(line);
        if (!listening.startsWith("listening ")) {
            throw new AssertionError(listening + "; printed: " + err.lines());
        }
        return listening.substring(listening.lastIndexOf(' ') + 1);
    }

    private static String[] onLoopback(String... sets) {
        List<String> arguments = new ArrayList<>(List.of("serve"));
        arguments.addAll(List.of("--set", "http.bind_address=" + LOOPBACK));
        arguments.addAll(List.of("--set", "admin.bind_address=" + LOOPBACK));
        arguments.addAll(List.of("--set", "server.drainGrace=0"));
        for (String set : sets) {
            arguments.addAll(List.of("--set", set));
        }
        return arguments.toArray(String[]::new);
    }

    private static List<String> java(String... arguments) {
        return java(List.of(), arguments);
    }

    /// The command that runs `spillgate` from the classes of this build.
    ///
    /// @param options more options for its JVM
    public static List<String> java(List<String> options, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.add("-Dspillgate.rehearsal=false");
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(Main.class.getName());
        command.addAll(List.of(arguments));
        return command;
    }
}
