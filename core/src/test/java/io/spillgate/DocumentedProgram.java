package io.spillgate;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;

import org.slf4j.LoggerFactory;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.tools.ToolProvider;

/// A program that stands in a document.
public final class DocumentedProgram {
    private static final Pattern PROGRAM =
            Pattern.compile("```java\\n((?:(?!```).)*?class (\\w+).*?)```", Pattern.DOTALL);

    private DocumentedProgram() {}

    /// Compiles it, without a warning, and runs it in this process.
    ///
    /// @param name of its class
    /// @param folder for what is compiled
    /// @return what it printed to standard output
    public static String run(Path document, String name, Path folder, String... arguments)
            throws Exception {
        Path source = folder.resolve(name + ".java");
        Files.writeString(source, text(document, name));
        compile(source, folder);
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream before = System.out;
        Logger logs = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        Level level = logs.getLevel();
        logs.setLevel(Level.OFF);
        System.setOut(new PrintStream(printed, true, UTF_8));
        try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            loader.loadClass(name)
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) arguments);
        } finally {
            System.setOut(before);
            logs.setLevel(level);
        }
        return printed.toString(UTF_8);
    }

    private static void compile(Path source, Path folder) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                said,
                                said,
                                "-Xlint:all,-path",
                                "-Werror",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "-d",
                                folder.toString(),
                                source.toString());
        assertThat(status).as(said.toString(UTF_8)).isZero();
    }

    private static String text(Path document, String name) throws IOException {
        Matcher programs = PROGRAM.matcher(Files.readString(document));
        while (programs.find()) {
            if (programs.group(2).equals(name)) {
                return programs.group(1);
            }
        }
        throw new AssertionError("there is no program " + name + " in " + document);
    }
}
