package io.spillgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.config.GatewayConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The documentation says what the records say, no more and no less.
final class DocumentationTest {
    private static final Path DOCS = Path.of(System.getProperty("basedir", "."), "..", "docs");
    private static final Pattern HEADING = Pattern.compile("### `\\[+([A-Za-z.-]+)]+`");
    private static final Pattern ROW =
            Pattern.compile("\\| `([A-Za-z0-9_-]+)` \\| (`.*?`|[a-z]+) \\| (.+) \\|");
    private static final Pattern DISABLED = Pattern.compile("(?m)^#(?=\\S)");

    @TempDir private Path folder;

    @Test
    void everyKeyAndDefaultIsInTheReferenceAndNoOther() throws IOException {
        assertThat(documented()).isEqualTo(Reference.ofTheCode().defaults());
    }

    @Test
    void everyTableHasAHeadingAndNoOther() throws IOException {
        Set<String> headings = new TreeSet<>();
        HEADING.matcher(Files.readString(DOCS.resolve("configuration.md")))
                .results()
                .forEach(match -> headings.add(match.group(1)));

        assertThat(headings).isEqualTo(Reference.ofTheCode().tables());
    }

    @Test
    void sampleSetsEveryKeyToItsDefault() throws ConfigException {
        Effective effective =
                ConfigReader.read(Optional.of(DOCS.resolve("spillgate.toml")), List.of(), Map.of());

        assertThat(effective.config()).isEqualTo(GatewayConfig.DEFAULT);
        assertThat(effective.entries())
                .filteredOn(entry -> entry.source().equals("default"))
                .extracting(Entry::key)
                .containsExactlyInAnyOrder(
                        "tls.certificates",
                        "hub.topics",
                        "http-destinations",
                        "client.user-agent-header",
                        "host-connection-pool.client.user-agent-header",
                        "host-connection-pool.per-host-override",
                        "routes");
    }

    @Test
    void sampleWithEverythingSwitchedOnHasEveryKey() throws ConfigException, IOException {
        String sample = Files.readString(DOCS.resolve("spillgate.toml"));
        Effective effective =
                Reading.in(folder).read("a.toml", DISABLED.matcher(sample).replaceAll(""));

        assertThat(effective.warnings()).isEmpty();
        assertThat(effective.entries())
                .filteredOn(entry -> !entry.source().equals("default"))
                .extracting(entry -> entry.key().replaceAll("\\[[0-9]+]", ""))
                .extracting(key -> key.replace(".myapp.", ".NAME."))
                .containsAll(
                        KnownKeys.ALL.stream()
                                .filter(known -> known.kind().table().isEmpty())
                                .map(Known::path)
                                .toList());
    }

    private static Map<String, String> documented() throws IOException {
        Map<String, String> found = new TreeMap<>();
        String section = "";
        for (String line : Files.readAllLines(DOCS.resolve("configuration.md"))) {
            Matcher heading = HEADING.matcher(line);
            if (heading.matches()) {
                section = heading.group(1);
            }
            Matcher row = ROW.matcher(line);
            if (!section.isEmpty() && row.matches()) {
                found.put(section + "." + row.group(1), row.group(2).replace("`", ""));
            }
        }
        return found;
    }
}
