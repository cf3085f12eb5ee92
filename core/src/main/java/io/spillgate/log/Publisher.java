package io.spillgate.log;

/// Who has handed over an event and hears later what became of it: one event at a time in a topic.
@FunctionalInterface
public interface Publisher {
    /// Called once if the first answer was [Publication.Pending], unless the event was withdrawn
    /// before; on any thread, perhaps before that answer is there. Must only schedule work.
    ///
    /// @param outcome anything but pending
    void settled(Publication outcome);
}
