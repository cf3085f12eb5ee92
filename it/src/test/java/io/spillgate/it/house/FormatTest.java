package io.spillgate.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.FormatterException;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

final class FormatTest {
    @Test
    void everySourceIsInForm() throws FormatterException {
        List<String> unformatted = new ArrayList<>();
        for (Path file : Project.javaFiles()) {
            String source = Project.text(file);
            if (!Format.of(source).equals(source)) {
                unformatted.add(Project.name(file));
            }
        }
        assertThat(unformatted).as("not in form; run `%s`", Format.COMMAND).isEmpty();
    }

    @Test
    void seesAWrongIndentation() throws FormatterException {
        String source = "final class A {\n  int a;\n}\n";
        assertThat(Format.of(source)).isEqualTo("final class A {\n    int a;\n}\n");
    }

    @Test
    void keepsMarkdownCommentsAndTheirDrawings() throws FormatterException {
        String source =
                """
                /// Goes through three states.
                ///
                /// ```
                /// READY --drain--> DRAINING
                ///   \\______________/
                /// ```
                final class A {}
                """;
        assertThat(Format.of(source)).isEqualTo(source);
    }
}
