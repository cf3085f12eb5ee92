package io.spillgate.client;

import io.netty.handler.codec.http.HttpHeaders;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// Writes down what a listener hears, one line for each call, and lets no wait pass unless told to.
final class EventSourceDiary implements EventSourceListener {
    private final List<String> lines = new ArrayList<>();
    private final List<Duration> waits = new ArrayList<>();
    private final CompletableFuture<EventSource> source = new CompletableFuture<>();
    private final CompletableFuture<EventSourceEnd> end = new CompletableFuture<>();
    private boolean reconnects = true;
    private boolean closesAtEvents;
    private int closesAfter = Integer.MAX_VALUE;

    /// Whom this listens to.
    void source(EventSource opened) {
        source.complete(opened);
    }

    /// Lets the source wait as long as it wants.
    void waitsAsTold() {
        reconnects = false;
    }

    /// Closes the source at this interruption.
    void closesAfter(int interruptions) {
        closesAfter = interruptions;
    }

    /// Closes the source at its first event.
    void closesAtEvents() {
        closesAtEvents = true;
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    synchronized List<Duration> waits() {
        return List.copyOf(waits);
    }

    synchronized void awaitLine(String line) throws InterruptedException {
        while (!lines.contains(line)) {
            wait();
        }
    }

    EventSourceEnd end() throws ExecutionException, InterruptedException {
        return end.get();
    }

    @Override
    public void opened(HttpHeaders headers) {
        add("opened");
    }

    @Override
    public void event(ServerSentEvent event) {
        String own = event.hasId() ? " own" : "";
        add(event.type() + " [" + event.data() + "] " + event.lastEventId() + own);
        if (closesAtEvents) {
            source.thenAccept(EventSource::close);
        }
    }

    @Override
    public void flush() {
        add("flush");
    }

    @Override
    public void interrupted(String reason, Duration wait) {
        add("interrupted: " + reason);
        int count;
        synchronized (this) {
            waits.add(wait);
            count = waits.size();
        }
        if (count >= closesAfter) {
            source.thenAccept(EventSource::close);
        } else if (reconnects) {
            source.thenAccept(EventSource::reconnect);
        }
    }

    @Override
    public void ended(EventSourceEnd why) {
        add("ended: " + why.cause() + " " + why.status());
        end.complete(why);
    }

    private synchronized void add(String line) {
        lines.add(line);
        notifyAll();
    }
}
