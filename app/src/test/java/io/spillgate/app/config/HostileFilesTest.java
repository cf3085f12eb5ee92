package io.spillgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HostileFilesTest {
    @TempDir private Path folder;

    private Reading reading;

    @BeforeEach
    void readFromFolder() {
        reading = Reading.in(folder);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a.toml | a =  | [",
                "a.toml | a =  | {a=",
                "a.yaml | 'a: ' | [",
                "a.yaml | 'a: ' | '{a: '",
                "a.yaml | ''    | '- '",
                "a.conf | a =  | [",
                "a.conf | a    | {a"
            })
    void deepNestingIsRefusedAtItsLine(String file, String start, String again) {
        assertThat(reading.problems(file, "# hostile\n" + start + again.repeat(100_000)))
                .first()
                .asString()
                .startsWith(file + ":2: ")
                .containsAnyOf("nested deeper than 64 levels", "Nesting is too deep");
    }

    @ParameterizedTest
    @CsvSource({"a.toml", "a.conf"})
    void endlessPathsAreRefused(String file) {
        assertThat(reading.problems(file, "a" + ".a".repeat(100_000) + " = 1"))
                .singleElement()
                .asString()
                .containsAnyOf("nested deeper than 64 levels", "Nesting is too deep");
    }

    @Test
    void yamlAliasesThatMultiplyAreRefused() {
        String bomb =
                "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
                        + IntStream.range(1, 12)
                                .mapToObj(i ->
                                        "a%d: &a%d [%s]\n"
                                                .formatted(i, i, repeated("*a" + (i - 1), 10)))
                                .collect(Collectors.joining());

        assertThat(reading.problems("a.yaml", bomb))
                .containsExactly(
                        "a.yaml:6: stands for more than 200000 values when repetitions are written"
                                + " out");
    }

    @Test
    void yamlAliasToItselfIsRefused() {
        assertThat(reading.problems("a.yaml", "a: &a\n  b: *a\n"))
                .containsExactly(
                        "a.yaml:2: uses *a, which is not defined before or contains itself");
    }

    @Test
    void hoconTextThatMultipliesIsRefused() {
        assertThat(reading.problems("a.conf", doubling("a0 = x\n", "a%d = ${a%d}\"x\"${a%d}\n")))
                .containsExactly(
                        "a.conf: has substitutions that may unfold to more than 16777216"
                                + " characters, the most allowed");
    }

    @Test
    void hoconListsThatMultiplyAreRefused() {
        assertThat(reading.problems("a.conf", doubling("a0 = [x]\n", "a%d = [${a%d}, ${a%d}]\n")))
                .containsExactly(
                        "a.conf: has substitutions that may unfold to more than 16777216"
                                + " characters, the most allowed");
    }

    @Test
    void hoconValueThatDoublesItselfIsRefused() {
        assertThat(reading.problems("a.conf", "a = x\n" + "a = ${a}${a}\n".repeat(40)))
                .containsExactly(
                        "a.conf: has substitutions that may unfold to more than 16777216"
                                + " characters, the most allowed");
    }

    @Test
    void hoconListThatGrowsByAFewItemsIsRead() throws ConfigException {
        assertThat(
                        reading.config("a.conf", "hub.publish_tokens += \"token-abc\"\n".repeat(20))
                                .hub()
                                .publishTokens())
                .hasSize(20);
    }

    @Test
    void fileThatIncludesItselfIsRefused() {
        assertThat(reading.problems("a.conf", "\ninclude \"a\"\ninclude \"a.conf\"\n"))
                .containsExactly(
                        "a.conf:2: include \"a\": is one file too many, at most 100 are included (a"
                                + " circle?)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", " \n", "#\n", "\r\n"})
    void manySilentLinesOfTomlTakeNoTime(String line) throws ConfigException {
        assertThat(
                        reading.config("a.toml", line.repeat(50_000) + "log.access = true")
                                .log()
                                .access())
                .isTrue();
    }

    @Test
    void hugeFileIsRefused() {
        assertThat(reading.problems("a.toml", "#".repeat(SourceText.MAX_BYTES + 1)))
                .containsExactly("a.toml: is larger than 1048576 bytes, the most that is read");
    }

    @Test
    void problemsWithoutEndAreCounted() {
        List<String> lines =
                reading.problems(
                        "a.toml",
                        IntStream.range(0, 500)
                                .mapToObj(i -> "x" + i + " = 1\n")
                                .collect(Collectors.joining()));

        assertThat(lines).hasSize(101);
        assertThat(lines.getLast()).isEqualTo("and 400 more");
    }

    private static String doubling(String first, String line) {
        return first
                + IntStream.range(1, 40)
                        .mapToObj(i -> line.formatted(i, i - 1, i - 1))
                        .collect(Collectors.joining());
    }

    private static String repeated(String item, int times) {
        return String.join(", ", Collections.nCopies(times, item));
    }
}
