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

    /// Registers one that delivers events. From now on it gets a watch of every topic that begins
    /// to have events, to be given back by [#unwatch] when it has no subscriber of it.
    Reader reader(Watcher watcher);

    /// The watches of topics that have begun to have events since the last call, in that order.
    List<Watch> begun(Reader reader);

    /// Finds where a subscriber begins. What it has to replay, and everything after that, stays
    /// readable until the watches are reported.
    ///
    /// @param topics those of the subscriber, each once
    /// @param lastEventId what the client got last; null or empty: only what comes from now on
    ResumePoint join(Reader reader, List<String> topics, @Nullable String lastEventId);

    /// Ends a watch.
    void unwatch(Watch watch);

    /// Ends the watch of a topic that is still idle and everything of which was delivered, although
    /// there are subscribers: the reader gets another one when events come again.
    ///
    /// @return false when the topic is not idle any more, and the watch goes on
    boolean retire(Watch watch);

    /// The next index of each log, all at the same moment.
    ///
    /// @return false when topics have begun that [#begun] has not told: then nothing was read
    boolean heads(Reader reader, EventLog[] logs, long[] heads);

    /// Takes over changed settings.
    void rules(TopicRules rules, BrokerLimits limits);

    /// Drops history that is too old; to be called every 100 ms or so.
    void expire();

    /// Topics that have events, or had some a short while ago.
    int topics();

    /// Bytes that all logs hold.
    long usedBytes();
}
