package io.spillgate.app;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;

import io.spillgate.net.DirectMemory;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The numbers of the machine that bound how much this process can carry; absent where the system
/// has none.
///
/// @param descriptors what this process may open now
/// @param descriptorsHard up to where it may raise that by itself
/// @param fileMax what all processes together may open
/// @param somaxconn connections that may wait to be accepted (`net.core.somaxconn`)
/// @param synBacklog connections that may be half open (`net.ipv4.tcp_max_syn_backlog`)
/// @param ports local ports for outgoing connections (`net.ipv4.ip_local_port_range`)
/// @param memoryBytes what the machine or the container has
/// @param heapBytes up to where the heap may grow
/// @param directBytes how much direct memory may be in use; 0 when it is not limited
record SystemFacts(
        OptionalLong descriptors,
        OptionalLong descriptorsHard,
        OptionalLong fileMax,
        OptionalLong somaxconn,
        OptionalLong synBacklog,
        Optional<PortRange> ports,
        long memoryBytes,
        long heapBytes,
        long directBytes) {

    private static final int LARGEST_FILE = 16 * 1024;

    /// Ports from `first` to `last`, both included.
    record PortRange(int first, int last) {
        int count() {
            return last - first + 1;
        }
    }

    /// The numbers of this process.
    static SystemFacts ofThisProcess() {
        return read(Path.of("/proc"));
    }

    /// Reads a folder like Linux's `/proc`; what is not there is absent.
    static SystemFacts read(Path proc) {
        String[] limits = openFiles(proc.resolve("self/limits"));
        return new SystemFacts(
                limits.length == 0 ? descriptorsOfTheJvm() : number(limits[0]),
                limits.length == 0 ? OptionalLong.empty() : number(limits[1]),
                number(text(proc.resolve("sys/fs/file-max"))),
                number(text(proc.resolve("sys/net/core/somaxconn"))),
                number(text(proc.resolve("sys/net/ipv4/tcp_max_syn_backlog"))),
                range(text(proc.resolve("sys/net/ipv4/ip_local_port_range"))),
                memory(),
                Runtime.getRuntime().maxMemory(),
                DirectMemory.limitBytes());
    }

    private static String[] openFiles(Path limits) {
        return text(limits)
                .lines()
                .filter(line -> line.startsWith("Max open files"))
                .map(line -> line.substring("Max open files".length()).strip().split("\\s+"))
                .filter(columns -> columns.length >= 2)
                .findFirst()
                .orElse(new String[0]);
    }

    private static OptionalLong descriptorsOfTheJvm() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof UnixOperatingSystemMXBean unix
                ? OptionalLong.of(unix.getMaxFileDescriptorCount())
                : OptionalLong.empty();
    }

    private static OptionalLong number(String text) {
        if (text.equals("unlimited")) {
            return OptionalLong.of(Long.MAX_VALUE);
        }
        if (text.matches("[0-9]{1,18}")) {
            return OptionalLong.of(Long.parseLong(text));
        }
        return text.matches("[0-9]+") ? OptionalLong.of(Long.MAX_VALUE) : OptionalLong.empty();
    }

    private static Optional<PortRange> range(String text) {
        List<String> columns = List.of(text.split("\\s+"));
        if (columns.size() != 2 || !columns.stream().allMatch(c -> c.matches("[0-9]{1,5}"))) {
            return Optional.empty();
        }
        return Optional.of(
                new PortRange(
                        Integer.parseInt(columns.getFirst()), Integer.parseInt(columns.getLast())));
    }

    private static long memory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Long.MAX_VALUE;
    }

    /// The file's text. In one read: the kernel gives a number in `/proc/sys` only to the first
    /// one, and readers that begin with a small buffer get its first digit.
    private static String text(Path file) {
        byte[] buffer = new byte[LARGEST_FILE];
        try (InputStream in = new FileInputStream(file.toFile())) {
            int length = in.read(buffer);
            return new String(buffer, 0, Math.max(length, 0), StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
