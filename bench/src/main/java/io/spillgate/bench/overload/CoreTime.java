package io.spillgate.bench.overload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// How busy a core is, with whatever (proc(5), `/proc/stat`): tells when others disturb.
///
/// @param core its number
record CoreTime(int core) {
    private static final double TICKS_A_SECOND = 100;
    private static final int IDLE = 4;
    private static final int WAITING = 5;
    private static final int STOLEN = 8;

    /// Busy seconds so far, with those that the host took away.
    double busySeconds() {
        List<String> fields = line();
        long busy = 0;
        for (int i = 1; i <= STOLEN; i++) {
            if (i != IDLE && i != WAITING) {
                busy += Long.parseLong(fields.get(i));
            }
        }
        return busy / TICKS_A_SECOND;
    }

    private List<String> line() {
        try {
            return Files.readAllLines(Path.of("/proc/stat")).stream()
                    .filter(line -> line.startsWith("cpu" + core + " "))
                    .map(line -> List.of(line.split(" ", -1)))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
