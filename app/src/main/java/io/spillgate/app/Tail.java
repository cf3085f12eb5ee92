package io.spillgate.app;

import io.spillgate.client.EventSource;
import io.spillgate.client.EventSourceEnd;
import io.spillgate.client.EventSourceListener;
import io.spillgate.client.ServerSentEvent;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/// Prints what an event source brings, and what happens to it.
final class Tail implements EventSourceListener {
    private final EventPrinter printer;
    private final PrintWriter notices;
    private final Waiting waiting;
    private final AtomicLong left;
    private final CompletableFuture<EventSource> source = new CompletableFuture<>();
    private final CompletableFuture<Integer> status = new CompletableFuture<>();

    /// What is done while the source waits for its next try.
    @FunctionalInterface
    interface Waiting {
        void begins(Duration time, EventSource source);
    }

    /// @param most events after which it is enough
    Tail(EventPrinter printer, PrintWriter notices, long most, Waiting waiting) {
        this.printer = printer;
        this.notices = notices;
        this.left = new AtomicLong(most);
        this.waiting = waiting;
    }

    /// Whom this listens to; nothing is told before this was called.
    void source(EventSource opened) {
        source.complete(opened);
    }

    /// The exit status, when there is nothing more to print.
    CompletableFuture<Integer> status() {
        return status;
    }

    /// Whether all events came that were wanted.
    boolean isComplete() {
        return left.get() == 0;
    }

    @Override
    public void event(ServerSentEvent event) {
        boolean wanted = !isComplete() && printer.event(event);
        if (wanted && left.decrementAndGet() == 0) {
            source.join().close();
        }
    }

    @Override
    public void flush() {
        if (!printer.flush()) {
            source.join().close();
        }
    }

    @Override
    public void interrupted(String reason, Duration wait) {
        notices.println(
                String.format(
                        Locale.ROOT,
                        "spillgate tail: %s; again in %.1f s",
                        Json.visible(reason),
                        wait.toMillis() / 1000.0));
        notices.flush();
        waiting.begins(wait, source.join());
    }

    @Override
    public void ended(EventSourceEnd end) {
        if (end.cause() == EventSourceEnd.Cause.CLOSED) {
            boolean _ = printer.flush();
            status.complete(ExitCode.OK);
            return;
        }
        notices.println("spillgate tail: " + Json.visible(end.message()));
        status.complete(ExitCode.FAILURE);
    }
}
