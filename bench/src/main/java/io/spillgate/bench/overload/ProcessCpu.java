package io.spillgate.bench.overload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// CPU time of processes, of all their threads (proc(5), `/proc/PID/stat`).
///
/// @param pids whose times are added
record ProcessCpu(List<Long> pids) {
    private static final double TICKS_A_SECOND = 100; // USER_HZ, the same on every Linux we run on
    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;

    ProcessCpu {
        pids = List.copyOf(pids);
    }

    /// This process.
    static ProcessCpu own() {
        return new ProcessCpu(List.of(ProcessHandle.current().pid()));
    }

    /// Used so far.
    double seconds() {
        return pids.stream().mapToDouble(ProcessCpu::seconds).sum();
    }

    private static double seconds(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
            return (Long.parseLong(fields.get(USER_TIME)) + Long.parseLong(fields.get(SYSTEM_TIME)))
                    / TICKS_A_SECOND;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
