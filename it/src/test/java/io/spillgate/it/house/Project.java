package io.spillgate.it.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The project's own files: everything below its root but what tools put there.
final class Project {
    private static final Set<String> NOT_OURS =
            Set.of(".git", "target", "node_modules", ".idea", ".vscode");

    private Project() {}

    /// The folder that holds the modules.
    static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isRegularFile(folder.resolve("LICENSE"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IllegalStateException("no LICENSE above " + Path.of("").toAbsolutePath());
            }
        }
        return folder;
    }

    /// Every Java source, in the order of its path.
    static List<Path> javaFiles() {
        return files(Set.of("java"));
    }

    /// Every file whose name ends in one of these, or has no ending and is executable text.
    static List<Path> files(Set<String> endings) {
        try (Stream<Path> all = Files.walk(root())) {
            return all.filter(Files::isRegularFile)
                    .filter(Project::ours)
                    .filter(file -> endings.contains(ending(file)))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The path as messages print it.
    static String name(Path file) {
        return root().relativize(file).toString();
    }

    /// The whole text of a file.
    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean ours(Path file) {
        for (Path part : root().relativize(file)) {
            if (NOT_OURS.contains(part.toString())) {
                return false;
            }
        }
        return true;
    }

    private static String ending(Path file) {
        String name = file.getFileName().toString();
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
