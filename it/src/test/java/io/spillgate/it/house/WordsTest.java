package io.spillgate.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

final class WordsTest {
    @Test
    void theProjectSpeaksOfItselfAlone() {
        List<String> problems =
                Words.texts().stream()
                        .flatMap(file ->
                                Words.problems(Project.name(file), Project.text(file)).stream())
                        .toList();
        assertThat(problems).isEmpty();
    }

    @Test
    void theTextsAreReallyRead() {
        assertThat(Words.texts())
                .extracting(Project::name)
                .contains(
                        "pom.xml",
                        ".ci/run",
                        "core/src/main/java/io/spillgate/Gateway.java",
                        "it/src/test/java/io/spillgate/it/house/WordsTest.java");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "// TO" + "DO later",
                "FIX" + "ME",
                "good enough for n" + "ow",
                "Not impl" + "emented",
                "see /ho" + "me/jane/notes",
                "see /wo" + "rk/notes",
                "https://repo.mav" + "en.apache.org/maven2",
            })
    void seesTheWord(String line) {
        assertThat(Words.problems("docs/a.md", "fine\n" + line + "\n"))
                .singleElement()
                .asString()
                .startsWith("docs/a.md:2: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"@Dis" + "abled", "Thread.sl" + "eep(5);"})
    void seesWhatATestMustNotDo(String line) {
        assertThat(Words.problems("core/src/test/java/A.java", line)).hasSize(1);
        assertThat(Words.problems("core/src/main/java/A.java", line)).isEmpty();
    }
}
