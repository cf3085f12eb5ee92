package io.spillgate.bench.overload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;

/// Work on a thread of its own that does not keep the process alive.
final class Background {
    private Background() {}

    /// What may fail by I/O.
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    /// Begins it.
    ///
    /// @return completes when it has ended, with an [UncheckedIOException] when it failed
    static CompletableFuture<Void> start(String name, Work work) {
        return CompletableFuture.runAsync(
                () -> run(work), task -> Thread.ofPlatform().daemon().name(name).start(task));
    }

    private static void run(Work work) {
        try {
            work.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
