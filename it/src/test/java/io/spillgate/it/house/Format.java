package io.spillgate.it.house;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.StringWrapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The one form of a source: google-java-format in its AOSP style, with ordered and used imports.
///
/// Run as a program it rewrites every source that has another form.
final class Format {
    /// What rewrites all sources; runs in the project's root.
    static final String COMMAND = "mvn -q -N -Pformat";

    private static final int MAX_ROUNDS = 5;
    private static final JavaFormatterOptions OPTIONS =
            JavaFormatterOptions.builder().style(JavaFormatterOptions.Style.AOSP).build();

    private Format() {}

    /// Rewrites what is not in form and prints its path.
    public static void main(String[] args) throws IOException, FormatterException {
        for (Path file : Project.javaFiles()) {
            String source = Project.text(file);
            String formatted = of(source);
            if (!formatted.equals(source)) {
                Files.writeString(file, formatted);
                System.out.println("formatted " + Project.name(file));
            }
        }
    }

    /// The form of a source.
    ///
    /// Splitting a long literal can move its neighbours, so this goes on until nothing changes.
    ///
    /// @throws FormatterException when the source cannot be parsed
    static String of(String source) throws FormatterException {
        Formatter formatter = new Formatter(OPTIONS);
        String before = source;
        for (int round = 0; round < MAX_ROUNDS; round++) {
            String after =
                    StringWrapper.wrap(formatter.formatSourceAndFixImports(before), formatter);
            if (after.equals(before)) {
                return after;
            }
            before = after;
        }
        return before;
    }
}
