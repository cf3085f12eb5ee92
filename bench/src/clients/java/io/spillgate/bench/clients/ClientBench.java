package io.spillgate.bench.clients;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;

import org.HdrHistogram.AtomicHistogram;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/// Measures one client, in this process alone: for each number of outstanding requests one line of
/// `key=value` pairs.
final class ClientBench {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private ClientBench() {}

    /// Measures and prints.
    ///
    /// @param arguments client, port, connections, requests to warm up, requests to measure, and
    ///   one number or more of outstanding requests
    public static void main(String[] arguments) {
        try {
            measure(arguments);
            System.exit(0); // some clients leave threads behind
        } catch (Exception failure) {
            failure.printStackTrace();
            System.exit(1);
        }
    }

    private static void measure(String[] arguments) throws Exception {
        BenchClient.Setup setup =
                new BenchClient.Setup(
                        "127.0.0.1",
                        Integer.parseInt(arguments[1]),
                        Integer.parseInt(arguments[2]));
        int warm = Integer.parseInt(arguments[3]);
        int requests = Integer.parseInt(arguments[4]);
        BenchClient client = client(arguments[0], setup);
        for (int i = 5; i < arguments.length; i++) {
            int outstanding = Integer.parseInt(arguments[i]);
            Load load = Load.start(client, outstanding);
            load.during(warm);
            System.out.println(measured(load, requests, outstanding, setup.port()));
            load.stop();
        }
        client.close();
    }

    private static BenchClient client(String name, BenchClient.Setup setup) throws Exception {
        return switch (name) {
            case "floor" -> new FloorClient(setup);
            case "spillgate" -> new SpillgateClient(setup);
            case "apache" -> new ApacheClient(setup);
            case "apache-classic" -> new ApacheClassicClient(setup);
            case "jdk" -> new JdkClient(setup);
            case "jetty" -> new JettyClient(setup);
            case "vertx" -> new VertxClient(setup);
            case "reactor-netty" -> new ReactorNettyClient(setup);
            case "pekko" -> new PekkoClient(setup);
            default -> throw new IllegalArgumentException("no client \"" + name + "\"");
        };
    }

    private static String measured(Load load, int count, int outstanding, int port)
            throws InterruptedException, IOException {
        long bytesBefore = THREADS.getTotalThreadAllocatedBytes();
        long cpuBefore = SYSTEM.getProcessCpuTime();
        long before = System.nanoTime();
        AtomicHistogram latencies = load.during(count);
        double requests = latencies.getTotalCount();
        double elapsed = (System.nanoTime() - before) / 1e9;
        long cpuNanos = SYSTEM.getProcessCpuTime() - cpuBefore;
        long bytes = THREADS.getTotalThreadAllocatedBytes() - bytesBefore;
        return String.format(
                Locale.ROOT,
                "outstanding=%d rate=%.0f p50_us=%.0f p99_us=%.0f bytes=%.0f cpu_us=%.2f"
                        + " connections=%d",
                outstanding,
                requests / elapsed,
                latencies.getValueAtPercentile(50) / 1e3,
                latencies.getValueAtPercentile(99) / 1e3,
                bytes / requests,
                cpuNanos / 1e3 / requests,
                connectionsTo(port));
    }

    /// Established connections whose other end has this port (proc(5), `/proc/net/tcp`).
    private static long connectionsTo(int port) throws IOException {
        String remote = String.format(Locale.ROOT, ":%04X", port);
        long connections = 0;
        for (String table : new String[] {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
            try (Stream<String> lines = Files.lines(Path.of(table))) {
                connections +=
                        lines.map(line -> line.strip().split("\\s+", 5))
                                .filter(row -> row[2].endsWith(remote) && row[3].equals("01"))
                                .count();
            }
        }
        return connections;
    }
}
