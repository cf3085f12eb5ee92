package io.spillgate.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// `docs/metrics.md` says what the code says: no row too few, none too many, the same words.
class MetricsDocumentTest {
    private static final Path DOCUMENT = Path.of("../docs/metrics.md");

    @Test
    void listsEveryMetricAsTheCodeHasIt() throws IOException {
        List<String> expected = Metric.all().stream().map(MetricsDocumentTest::row).toList();

        assertThat(rowsOf("## Spillgate")).containsExactlyElementsOf(expected);
    }

    @Test
    void listsEveryLabelValueAsTheCodeHasIt() throws IOException {
        List<String> expected = new ArrayList<>();
        for (Counter counter : Counter.values()) {
            counter.labelValues().forEach(value -> expected.add(labelRow(counter, value)));
        }
        for (PoolMetric metric : PoolMetric.values()) {
            metric.labelValues().forEach(value -> expected.add(labelRow(metric, value)));
        }
        for (Handler handler : Handler.values()) {
            expected.add(labelRow(Counter.REQUESTS, Counter.label(handler)));
        }

        List<String> documented =
                rowsOf("## Label values").stream()
                        .map(row -> row.substring(0, row.indexOf('|', row.indexOf('|', 2) + 1) + 1))
                        .toList();

        assertThat(documented).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void listsEveryKeyOfTheStatistics() throws IOException {
        List<String> documented =
                rowsOf("## The statistics").stream().map(row -> row.split("`", 3)[1]).toList();

        assertThat(documented).containsExactlyElementsOf(Stats.values(new Metrics(1)).keySet());
    }

    @Test
    void namesOnlyMetricsThatExist() throws IOException {
        List<String> known = Metric.all().stream().map(Metric::metricName).toList();

        List<String> named =
                Arrays.stream(Files.readString(DOCUMENT).split("[^a-z_]+"))
                        .filter(word -> word.startsWith("spillgate_") && word.length() > 10)
                        .map(word -> word.replaceFirst("(?<=_seconds)_bucket$", ""))
                        .toList();

        assertThat(named).isNotEmpty().isSubsetOf(known);
    }

    private static String row(Metric metric) {
        String labels =
                metric.labelNames().isEmpty()
                        ? "-"
                        : String.join(
                                ", ",
                                metric.labelNames().stream().map(n -> "`" + n + "`").toList());
        return "| `%s` | %s | %s | %s | %s |"
                .formatted(
                        metric.metricName(),
                        metric.type(),
                        labels,
                        metric.description().unit(),
                        metric.description().help());
    }

    private static String labelRow(Metric metric, String value) {
        return "| `%s` | `%s` |".formatted(metric.metricName(), value);
    }

    /// The rows of the first table below a heading, without its own two head lines.
    private static List<String> rowsOf(String heading) throws IOException {
        try (Stream<String> lines = Files.lines(DOCUMENT)) {
            return lines.dropWhile(line -> !line.equals(heading))
                    .dropWhile(line -> !line.startsWith("|"))
                    .takeWhile(line -> line.startsWith("|"))
                    .skip(2)
                    .toList();
        }
    }
}
