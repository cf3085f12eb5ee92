package io.spillgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes down with which JDK and which class path it was started.
final class ClassPath {
    private ClassPath() {}

    /// Writes the file.
    ///
    /// @param arguments the file: two lines, the program `java` and the class path
    public static void main(String[] arguments) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Files.writeString(
                Path.of(arguments[0]), java + "\n" + System.getProperty("java.class.path") + "\n");
    }
}
