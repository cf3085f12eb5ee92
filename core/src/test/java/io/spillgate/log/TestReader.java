package io.spillgate.log;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Someone who watches one topic, as an event loop does that has a subscriber of it, and gives back
/// the watches of all others.
public final class TestReader {
    private final Logs logs;
    private final String topic;
    private final Reader reader;
    private boolean interested = true;
    private @Nullable Watch watch;
    private int wakes;

    private TestReader(Logs logs, String topic) {
        this.logs = logs;
        this.topic = topic;
        reader = logs.reader(this::wake);
        watch = logs.join(reader, List.of(topic), null).watch(0);
    }

    /// Watches a topic from now on.
    public static TestReader of(Logs logs, String topic) {
        return new TestReader(logs, topic);
    }

    /// Where a subscriber begins whose watch this is.
    public ResumePoint join(@Nullable String lastEventId) {
        ResumePoint point = logs.join(reader, List.of(topic), lastEventId);
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

    /// The logs that it reads.
    public Logs logs() {
        return logs;
    }

    /// How often this was woken.
    public int wakes() {
        return wakes;
    }

    /// Looks, and so is woken again.
    public long head() {
        logs.look(watch());
        return watch().head();
    }

    /// Reports that everything before an index was delivered.
    public void report(long upTo) {
        logs.report(watch(), upTo, upTo, upTo);
    }

    /// Watches no more.
    public void end() {
        interested = false;
        if (watch != null) {
            logs.unwatch(watch);
            watch = null;
        }
    }

    private void wake(Watch woken) {
        for (Watch begun : logs.news(reader).begun()) {
            if (interested && begun.log().topic().equals(topic)) {
                watch = begun;
            } else {
                logs.unwatch(begun);
            }
        }
        wakes += woken.equals(watch) ? 1 : 0;
    }
}
