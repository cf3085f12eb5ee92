package io.spillgate.bench.overload;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/// Compares what decides on admission: one table without and one with a fan-out.
///
/// This process is the load, the backend and the event streams; the gateway is a process on another
/// core, a fresh one for each reading.
final class Overload {
    private final Options options;
    private final Backend backend;
    private double capacity;

    private Overload(Options options, Backend backend) {
        this.options = options;
        this.backend = backend;
    }

    /// Measures and prints.
    ///
    /// @param arguments see [Options]
    public static void main(String[] arguments) throws IOException {
        Options options = Options.of(arguments);
        Runtime.getRuntime().addShutdownHook(new Thread(Overload::killChildren));
        try (Backend backend = new Backend(options.chunks())) {
            new Overload(options, backend).run();
        }
    }

    private static void killChildren() {
        ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
    }

    private void run() throws IOException {
        Costs costs = Costs.measure(options, backend);
        capacity = costs.capacity();
        System.out.printf(
                Locale.ROOT,
                "Capacity, a closed loop of %d: %.0f requests/s, with %.2f of the core; an answer"
                        + " of %d chunks; deadline %d ms.%n%n%s%n",
                ClosedLoop.OUTSTANDING,
                capacity,
                capacity * costs.servedMicros() / 1e6,
                options.chunks(),
                options.deadline().toMillis(),
                costs.table());
        Map<String, Double> without = Table.goodput(table(new Table(false, Map.of()), 0));
        if (options.streams() > 0) {
            System.out.printf(
                    Locale.ROOT,
                    "%nWith %d events a second to %d streams:%n%n",
                    options.events(),
                    options.streams());
            table(new Table(true, without), options.streams());
        }
    }

    private Map<Mode, List<Reading>> table(Table table, int streams) throws IOException {
        Map<Mode, List<Reading>> all = new EnumMap<>(Mode.class);
        System.out.println(table.head());
        for (Mode mode : options.modes()) {
            List<Reading> readings = new ArrayList<>();
            for (double point : options.points()) {
                take(mode, streams, point).ifPresent(readings::add);
            }
            all.put(mode, readings);
            System.out.print(table.rows(mode, readings));
        }
        return all;
    }

    /// Empty, with a word on standard error, when it can't be taken.
    private Optional<Reading> take(Mode mode, int streams, double point) {
        try {
            Reading reading = Reading.take(options, mode, streams, point, capacity, backend);
            System.err.printf(
                    Locale.ROOT,
                    "%s %sx: warm at %.0f/s, goodput of each 200 ms %s%n",
                    mode.label(),
                    point,
                    reading.warmRate(),
                    reading.tally().slices());
            return Optional.of(reading);
        } catch (IOException | CompletionException e) {
            System.err.printf(Locale.ROOT, "%s %sx: no reading: %s%n", mode.label(), point, e);
            return Optional.empty();
        }
    }
}
