package io.spillgate.bench.overload;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// What is measured: a gateway in a process of its own, on a core of its own, and what stands
/// before it.
final class Subject implements AutoCloseable {
    /// Those of the launcher's `serve`.
    private static final List<String> JVM_OPTIONS =
            List.of(
                    "-XX:+UseCompactObjectHeaders",
                    "--enable-native-access=ALL-UNNAMED",
                    "-Dio.netty.leakDetection.level=disabled",
                    "-Xms64m",
                    "-Xmx1g",
                    "-XX:+ExitOnOutOfMemoryError");

    private final List<Process> processes = new ArrayList<>();
    private final Path folder;
    private final Options options;
    private final InetSocketAddress gateway;
    private final InetSocketAddress admin;
    private final InetSocketAddress front;

    /// Starts it and waits until it listens.
    ///
    /// @param server what its configuration says of admission
    Subject(Options options, Mode mode, String server, int backendPort) throws IOException {
        this.options = options;
        folder = Files.createTempDirectory(options.work(), "subject");
        Path config = folder.resolve("gateway.toml");
        Files.writeString(config, config(server, backendPort));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_OPTIONS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(GatewayMain.class.getName(), config.toString(), mode.name()));
        try {
            BufferedReader out = start("gateway", command, Map.of()).inputReader(UTF_8);
            gateway = address(out.readLine());
            admin = address(out.readLine());
            front = mode == Mode.HAPROXY ? startHaproxy() : gateway;
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /// Where requests go.
    InetSocketAddress front() {
        return front;
    }

    /// The gateway's public listener.
    InetSocketAddress gateway() {
        return gateway;
    }

    /// The gateway's admin listener.
    InetSocketAddress admin() {
        return admin;
    }

    /// CPU of all of it.
    ProcessCpu cpu() {
        return new ProcessCpu(processes.stream().map(Process::pid).toList());
    }

    /// Ends what was started.
    @Override
    public void close() {
        for (Process process : processes.reversed()) {
            process.destroyForcibly();
        }
        for (Process process : processes) {
            process.onExit().join();
        }
    }

    private static String config(String server, int backendPort) {
        return """
        [http]
        bind_address = "127.0.0.1:0"
        thread_pool_size = 1
        io = "epoll"

        [admin]
        bind_address = "127.0.0.1:0"

        %s
        [http-destinations.backend]
        addresses = ["127.0.0.1:%d"]
        max-request-timeout = "10 min"

        [[routes]]
        path = "/*"
        proxy = "backend"
        """
                .formatted(server, backendPort);
    }

    private InetSocketAddress startHaproxy() throws IOException {
        int port = freePort();
        Path config = options.peers().resolve("haproxy.conf");
        start(
                "haproxy",
                List.of("haproxy", "-db", "-f", config.toString()),
                Map.of(
                        "FRONT_PORT", Integer.toString(port),
                        "GATEWAY_PORT", Integer.toString(gateway.getPort()),
                        "MAXCONN", Integer.toString(options.maxconn()),
                        "QUEUE_TIMEOUT", Integer.toString(options.queueMillis())));
        InetSocketAddress address = loopback(port);
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!listens(address)) {
            if (System.nanoTime() > giveUp) {
                throw failed("haproxy");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        return address;
    }

    private Process start(String name, List<String> command, Map<String, String> environment)
            throws IOException {
        List<String> pinned = new ArrayList<>();
        pinned.addAll(List.of("taskset", "-c", Integer.toString(options.gatewayCore())));
        pinned.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(pinned);
        builder.environment().putAll(environment);
        builder.redirectError(folder.resolve(name + ".log").toFile());
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    private InetSocketAddress address(@Nullable String line) throws IOException {
        if (line == null) {
            throw failed("gateway");
        }
        return loopback(Integer.parseInt(line.substring(line.indexOf(' ') + 1)));
    }

    private IOException failed(String name) throws IOException {
        String log = Files.readString(folder.resolve(name + ".log"));
        return new IOException("the " + name + " did not start:\n" + log);
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static boolean listens(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
