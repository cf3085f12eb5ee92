package io.spillgate.app;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A private folder inside another one, for what is not finished. It is removed with all that is in
/// it when it is closed, and when a signal ends the process before.
final class Scratch implements AutoCloseable {
    /// They would have a JVM that is started here do what was meant for this one.
    private static final Set<String> OPTIONS_OF_JVMS =
            Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    private static final long LAST_SECONDS = 2;

    private final Path parent;
    private final Path folder;
    private final Thread atExit = Thread.ofPlatform().name("scratch").unstarted(this::abandon);
    private volatile @Nullable Process running;

    private record Move(Path from, Path to) {}

    /// Makes the folder.
    ///
    /// @param parent where the finished files will be
    Scratch(Path parent) throws IOException {
        this.parent = parent;
        // Only for its owner, as temporary folders are.
        folder = Files.createTempDirectory(parent, ".spillgate");
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /// A file in the folder.
    Path file(String name) {
        return folder.resolve(name);
    }

    /// Writes a file, which has its mode from the moment it exists.
    ///
    /// @param mode as `rw-r--r--`; the process's umask takes away from it
    void draft(String name, String text, String mode) throws IOException {
        Path draft = file(name);
        Files.createFile(
                draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)));
        Files.writeString(draft, text);
    }

    /// Runs a program, without input.
    ///
    /// @param variables of its environment, besides those of this process
    /// @param said where its output goes
    /// @return its exit status
    /// @throws IOException when it can't be started, or has not ended in time
    int run(List<String> command, Map<String, String> variables, Path said, Duration patience)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().keySet().removeAll(OPTIONS_OF_JVMS);
        builder.environment().putAll(variables);
        Process process = builder.start();
        running = process;
        try {
            process.getOutputStream().close();
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(
                        command.getFirst() + " has not ended in " + patience.toSeconds() + " s");
            }
            return process.exitValue();
        } finally {
            running = null;
            end(process);
        }
    }

    /// Moves drafts to where they belong: all of them, or none.
    ///
    /// @param replace whether files that are there may go
    /// @throws java.nio.file.FileAlreadyExistsException when one may not
    synchronized void place(boolean replace, String... names) throws IOException {
        Deque<Move> made = new ArrayDeque<>();
        try {
            for (String name : names) {
                Path target = parent.resolve(name);
                if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
                    throw new FileSystemException(target.toString(), null, name + " is a folder");
                }
                if (replace && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                    move(target, file(name + ".old"), made);
                }
                move(file(name), target, made);
            }
        } catch (IOException e) {
            undo(made, e);
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        delete();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The process ends, and the hook finds nothing any more.
        }
    }

    private static void move(Path from, Path to, Deque<Move> made) throws IOException {
        Files.move(from, to);
        made.push(new Move(from, to));
    }

    private static void undo(Deque<Move> made, IOException why) {
        for (Move move : made) {
            try {
                Files.move(move.to, move.from);
            } catch (IOException e) {
                why.addSuppressed(e);
            }
        }
    }

    private void abandon() {
        Process process = running;
        if (process != null) {
            end(process);
        }
        try {
            delete();
        } catch (IOException e) {
            // Nobody is left who could be told.
        }
    }

    private static void end(Process process) {
        try {
            process.destroyForcibly().waitFor(LAST_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void delete() throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> content;
        try (Stream<Path> files = Files.list(folder)) {
            content = files.toList();
        }
        for (Path file : content) {
            Files.delete(file);
        }
        Files.delete(folder);
    }
}
