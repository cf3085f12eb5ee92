package io.spillgate.it.process;

import io.spillgate.it.harness.Await;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What a process prints to one of its outputs, collected as it comes by a thread of its own.
///
/// Thread safe.
public final class Output {
    private final List<String> lines = new ArrayList<>();
    private final Thread reader;

    Output(BufferedReader source) {
        reader = Thread.ofPlatform().daemon().start(() -> collect(source));
    }

    /// All lines so far.
    public synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    /// The first line that contains a text, as soon as it is there.
    public String lineWith(String text) {
        try {
            Await.until(
                    "a line with \"" + text + "\" is printed",
                    () -> with(text).findAny().isPresent());
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; printed: " + lines(), e);
        }
        return with(text).findFirst().orElseThrow();
    }

    /// The line of a number, counted from 0, as soon as it is there.
    public String line(int number) {
        Await.until("line " + number + " is printed", () -> lines().size() > number);
        return lines().get(number);
    }

    /// Waits for the end of this output.
    ///
    /// @return all of its lines
    public List<String> untilItsEnd() throws InterruptedException {
        if (!reader.join(Await.PATIENCE)) {
            throw new AssertionError("goes on after " + lines());
        }
        return lines();
    }

    private Stream<String> with(String text) {
        return lines().stream().filter(line -> line.contains(text));
    }

    private void collect(BufferedReader source) {
        try (source) {
            for (String line = source.readLine(); line != null; line = source.readLine()) {
                add(line);
            }
        } catch (IOException e) {
            add("[cut: " + e.getMessage() + "]");
        }
    }

    private synchronized void add(String line) {
        lines.add(line);
    }
}
