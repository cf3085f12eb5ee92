package io.spillgate.broker;

import io.spillgate.sse.Event;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Order, history and retention of events; the seam for a broker that spans machines.
///
/// Thread safe. No method blocks on I/O.
public interface Broker {
    /// Appends an event to its topic and wakes the watchers.
    ///
    /// @param waited whether the caller was called back by [#awaitRoom], or let in, and so goes
    ///   before those that wait
    Publication publish(String topic, Event event, boolean waited);

    /// Calls `retry` once when the topic has room again, on any thread; it must only schedule work.
    ///
    /// @param waited as in [#publish]
    /// @return false when there is room already: `retry` is not called, and the caller is let in as
    ///   if it had been; it must try at once, or withdraw
    boolean awaitRoom(String topic, Runnable retry, boolean waited);

    /// Withdraws a call of [#awaitRoom]; another publisher that waits is tried instead when it was
    /// called already.
    void cancelAwait(String topic, Runnable retry);

    /// Begins to watch a topic; from now on everything that is appended stays readable until it is
    /// reported.
    Watch watch(String topic, Watcher watcher);

    /// Ends a watch.
    void unwatch(Watch watch);

    /// Finds where a subscriber begins; what it has to replay stays readable until the watches are
    /// reported.
    ///
    /// @param watches those of the subscriber's topics
    /// @param lastEventId what the client got last; null or empty: only what comes from now on
    ResumePoint locate(List<Watch> watches, @Nullable String lastEventId);

    /// The next index of each log, all at the same moment.
    void heads(EventLog[] logs, long[] heads);

    /// Takes over changed settings.
    void rules(TopicRules rules, BrokerLimits limits);

    /// Drops history that is too old; to be called every 100 ms or so.
    void expire();

    /// Topics that are known at the moment.
    int topics();

    /// Bytes that all logs hold.
    long usedBytes();
}
