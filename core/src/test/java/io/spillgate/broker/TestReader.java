package io.spillgate.broker;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Someone who watches one topic, as an event loop does that has a subscriber of it, and gives back
/// the watches of all others.
public final class TestReader {
    private final Broker broker;
    private final String topic;
    private final Reader reader;
    private boolean interested = true;
    private @Nullable Watch watch;
    private int wakes;

    private TestReader(Broker broker, String topic) {
        this.broker = broker;
        this.topic = topic;
        reader = broker.reader(this::wake);
        watch = broker.join(reader, List.of(topic), null).watch(0);
    }

    /// Watches a topic from now on.
    public static TestReader of(Broker broker, String topic) {
        return new TestReader(broker, topic);
    }

    /// Where a subscriber begins whose watch this is.
    public ResumePoint join(@Nullable String lastEventId) {
        ResumePoint point = broker.join(reader, List.of(topic), lastEventId);
        watch = point.watch(0);
        return point;
    }

    /// The watch; the topic must have had an event.
    public Watch watch() {
        if (watch == null) {
            throw new IllegalStateException(topic + " has had no event");
        }
        return watch;
    }

    public EventLog log() {
        return watch().log();
    }

    /// How often this was woken.
    public int wakes() {
        return wakes;
    }

    /// Looks, and so is woken again.
    public long head() {
        log().look(watch());
        return watch().head();
    }

    /// Reports that everything before an index was delivered.
    public void report(long upTo) {
        log().report(watch(), upTo, upTo, upTo).forEach(Runnable::run);
    }

    /// Watches no more.
    public void end() {
        interested = false;
        if (watch != null) {
            broker.unwatch(watch);
            watch = null;
        }
    }

    private void wake(Watch woken) {
        for (Watch begun : broker.begun(reader)) {
            if (interested && begun.log().topic().equals(topic)) {
                watch = begun;
            } else {
                broker.unwatch(begun);
            }
        }
        wakes += woken.equals(watch) ? 1 : 0;
    }
}
