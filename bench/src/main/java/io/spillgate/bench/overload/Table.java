package io.spillgate.bench.overload;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/// A table of readings, one row each.
final class Table {
    private static final double BUSY = 0.6;
    private static final double NOISE = 0.05;

    private final boolean fanOut;
    private final Map<String, Double> goodputWithout;

    /// @param goodputWithout what [#goodput] of the table without a fan-out was; empty for that one
    Table(boolean fanOut, Map<String, Double> goodputWithout) {
        this.fanOut = fanOut;
        this.goodputWithout = Map.copyOf(goodputWithout);
    }

    /// The names of the columns.
    String head() {
        String names =
                "| limiter | load | offered/s | goodput/s | of peak | p50 ms | p99 ms | of its"
                    + " first | refused | its p99 ms | late | failed | unsent | stable s | health"
                    + " p99 ms | max ms | limit | CPU | load's CPU |";
        String more = fanOut ? " events/s | lost | of without |" : "";
        return names
                + more
                + "\n"
                + (names + more).replaceAll("[^|]+", " ---: ").replaceFirst(" ---: ", " --- ");
    }

    /// The rows of one mode.
    String rows(Mode mode, List<Reading> readings) {
        double peak = readings.stream().mapToDouble(r -> r.tally().goodput()).max().orElse(0);
        double firstMillis =
                readings.isEmpty() ? Double.NaN : readings.getFirst().tally().admittedMillis(99);
        StringBuilder rows = new StringBuilder();
        for (Reading reading : readings) {
            rows.append(row(mode, reading, peak, firstMillis)).append('\n');
        }
        return rows.toString();
    }

    /// Goodput by mode and point, for [Table].
    static Map<String, Double> goodput(Map<Mode, List<Reading>> readings) {
        Map<String, Double> goodput = new HashMap<>();
        readings.forEach((mode, all) ->
                all.forEach(reading -> goodput.put(key(mode, reading), reading.tally().goodput())));
        return goodput;
    }

    private String row(Mode mode, Reading reading, double peak, double firstMillis) {
        Tally tally = reading.tally();
        double p99 = tally.admittedMillis(99);
        HealthProbe.Probes probes = reading.probes();
        String row =
                String.format(
                        Locale.ROOT,
                        "| %s | %sx | %.0f | %.0f | %.2f | %s | %s | %s | %s | %s | %s | %s | %s |"
                                + " %s | %.1f | %.1f%s | %s | %.2f%s | %.2f%s |",
                        mode.label(),
                        plain(reading.point()),
                        tally.offeredPerSecond(),
                        tally.goodput(),
                        peak == 0 ? 0 : tally.goodput() / peak,
                        millis(tally.admittedMillis(50)),
                        millis(p99),
                        Double.isNaN(p99) ? "-" : plain(p99 / firstMillis),
                        percent(tally.refusedShare()),
                        millis(tally.refusalMillis(99)),
                        percent(tally.lateShare()),
                        percent(tally.failedShare()),
                        percent(tally.unsentShare()),
                        seconds(tally.stableAfterMillis()),
                        probes.p99Millis(),
                        probes.maxMillis(),
                        probes.failures() > 0 ? " (" + probes.failures() + " failed)" : "",
                        reading.limit().isEmpty() ? "-" : reading.limit(),
                        reading.gatewayCpu(),
                        others(reading.othersCpu()),
                        reading.loadCpu(),
                        reading.loadCpu() >= BUSY ? " (!)" : "");
        return fanOut ? row + events(mode, reading) : row;
    }

    private String events(Mode mode, Reading reading) {
        Double without = goodputWithout.get(key(mode, reading));
        Reading.FanOut events = reading.fanOut();
        return String.format(
                Locale.ROOT,
                " %.0f | %d%s | %s |",
                events.perSecond(),
                events.lost(),
                events.ended() > 0 ? " (" + events.ended() + " ended)" : "",
                without == null || without == 0
                        ? "-"
                        : String.format(Locale.ROOT, "%.2f", reading.tally().goodput() / without));
    }

    private static String others(double cpu) {
        return cpu < NOISE ? "" : String.format(Locale.ROOT, " (others %.2f)", cpu);
    }

    private static String key(Mode mode, Reading reading) {
        return mode + " " + reading.point();
    }

    private static String plain(double number) {
        return String.format(Locale.ROOT, "%.1f", number).replaceFirst("\\.0$", "");
    }

    private static String millis(double millis) {
        return Double.isNaN(millis) ? "-" : String.format(Locale.ROOT, "%.1f", millis);
    }

    private static String percent(double share) {
        return share == 0 ? "0" : String.format(Locale.ROOT, "%.1f %%", share * 100);
    }

    private static String seconds(OptionalLong millis) {
        return millis.isEmpty()
                ? "never"
                : String.format(Locale.ROOT, "%.1f", millis.getAsLong() / 1e3);
    }
}
