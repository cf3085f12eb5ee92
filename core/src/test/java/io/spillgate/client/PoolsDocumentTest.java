package io.spillgate.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.client.pool.PoolFailure;
import io.spillgate.config.ClientConfig;
import io.spillgate.config.DestinationConfig;
import io.spillgate.config.Durations;
import io.spillgate.config.HealthConfig;
import io.spillgate.config.HostPoolConfig;
import io.spillgate.config.PoolConfig;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// `docs/pools.md` says what the code says: every key with its defaults, every cause with its
/// status.
class PoolsDocumentTest {
    static final Path DOCUMENT = Path.of("../docs/pools.md");

    private static final String ABSENT = "—";

    /// Defaults that are no values.
    private static final Map<String, String> IN_WORDS =
            Map.of("addresses", "required", "connecting-timeout", "as client");

    @Test
    void listsEveryKeyOnce() throws IOException {
        Set<String> known = new TreeSet<>(destination().keySet());
        known.addAll(hostPool().keySet());
        for (String row : knobs().keySet()) {
            boolean removed =
                    row.endsWith(".*")
                            ? known.removeIf(
                                    key -> key.startsWith(row.substring(0, row.length() - 1)))
                            : known.remove(row);
            assertThat(removed).as("%s is a key and has no row above", row).isTrue();
        }
        assertThat(known).as("keys without a row").isEmpty();
    }

    @Test
    void tellsTheDefaultsOfDestinations() throws IOException {
        assertThat(defaultsTold(0)).isEqualTo(defaultsOf(destination()));
    }

    @Test
    void tellsTheDefaultsOfHostPools() throws IOException {
        assertThat(defaultsTold(1)).isEqualTo(defaultsOf(hostPool()));
    }

    @Test
    void listsEveryCauseWithItsStatus() throws IOException {
        List<String> expected =
                Arrays.stream(PoolFailure.values())
                        .map(cause -> lower(cause) + " " + cause.status())
                        .toList();
        List<String> told =
                rows("## Why a request failed").stream()
                        .map(cells -> cells.get(0) + " " + cells.get(1))
                        .toList();
        assertThat(told).containsExactlyElementsOf(expected);
    }

    @Test
    void drawsEveryStatusThatACauseHas() throws IOException {
        String picture = section("## The life of a request");
        for (PoolFailure cause : PoolFailure.values()) {
            boolean explained =
                    Set.of(PoolFailure.CLOSED, PoolFailure.RESOLVE, PoolFailure.NOT_READ)
                            .contains(cause);
            assertThat(explained || picture.contains(lower(cause))).as(lower(cause)).isTrue();
        }
    }

    /// The rows of the knobs that stand for one key, with the default in one of the columns.
    private static Map<String, String> defaultsTold(int column) throws IOException {
        Map<String, String> told = new HashMap<>();
        knobs().forEach((key, cells) -> {
            if (!key.endsWith(".*")) {
                told.put(key, cells.get(column + 1));
            }
        });
        return told;
    }

    /// The same from the records.
    private static Map<String, String> defaultsOf(Map<String, Object> values) throws IOException {
        Map<String, String> expected = new HashMap<>();
        for (String key : knobs().keySet()) {
            if (!key.endsWith(".*")) {
                Object value = values.get(key);
                expected.put(key, value == null ? ABSENT : IN_WORDS.getOrDefault(key, text(value)));
            }
        }
        return expected;
    }

    private static String text(Object value) {
        return switch (value) {
            case Duration duration -> Durations.format(duration);
            case Optional<?> optional when optional.isEmpty() -> "none";
            case Collection<?> list when list.isEmpty() -> "none";
            case Integer number
                    when number == PoolConfig.UNLIMITED
                            || number == PoolConfig.UNLIMITED_REQUESTS ->
                    "no limit";
            default -> value.toString().replaceFirst("^spillgate/.+", "spillgate/VERSION");
        };
    }

    private static Map<String, Object> destination() {
        Map<String, Object> values = new LinkedHashMap<>();
        collect("", DestinationConfig.DEFAULT, values);
        return values;
    }

    private static Map<String, Object> hostPool() {
        Map<String, Object> values = new LinkedHashMap<>();
        collect("", HostPoolConfig.DEFAULT, values);
        return values;
    }

    /// All keys below a record; those of a pool stand beside the others.
    private static void collect(String prefix, Record record, Map<String, Object> into) {
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value = value(component, record);
            String key = prefix + dashed(component.getName());
            if (value instanceof PoolConfig || value instanceof HealthConfig) {
                collect(prefix, (Record) value, into);
            } else if (value instanceof ClientConfig
                    || (!prefix.isEmpty() && value instanceof Record && isTable(value))) {
                collect(key + ".", (Record) value, into);
            } else {
                into.put(key, value);
            }
        }
    }

    /// Whether a record is a table of keys, and not the value of one.
    private static boolean isTable(Object value) {
        return value.getClass().getSimpleName().endsWith("Config");
    }

    private static Object value(RecordComponent component, Record record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(component.toString(), e);
        }
    }

    private static String dashed(String name) {
        return name.replaceAll("([A-Z]|(?<=[a-z])[0-9])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static String lower(PoolFailure cause) {
        return cause.name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, List<String>> knobs() throws IOException {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        for (List<String> cells : rows("## The knobs")) {
            assertThat(rows.put(cells.get(0), cells)).as("twice: %s", cells).isNull();
        }
        return rows;
    }

    /// The cells of all rows of a section's tables, without their headings and back quotes.
    private static List<List<String>> rows(String heading) throws IOException {
        return section(heading)
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.substring(2, line.length() - 2).replace("`", ""))
                .map(line -> Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
                .toList();
    }

    private static String section(String heading) throws IOException {
        String text = Files.readString(DOCUMENT);
        int from = text.indexOf("\n" + heading + "\n");
        int to = text.indexOf("\n## ", from + 1);
        return text.substring(from, to);
    }
}
