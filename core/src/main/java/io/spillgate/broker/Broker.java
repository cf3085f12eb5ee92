package io.spillgate.broker;

import io.spillgate.log.Logs;
import io.spillgate.log.Publication;
import io.spillgate.log.Publisher;
import io.spillgate.log.Reader;
import io.spillgate.log.ResumePoint;
import io.spillgate.sse.Event;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Orders events and keeps them; the seam for a broker that writes them down or spans machines.
/// What it has ordered it puts into its [Logs], from which the hub delivers.
///
/// Thread safe. No method waits for I/O: what takes longer is answered later.
public interface Broker {
    /// Where the events come that are to be delivered.
    Logs logs();

    /// Publishes an event, in the order of the calls for one topic. A pending answer comes in any
    /// case, [Publication.Unconfirmed] if need be: how long that takes is the broker's to limit.
    ///
    /// @param waitNanos how long the event may wait for room; 0 or less: not at all
    /// @param publisher hears later what became of the event if the answer is pending
    Publication publish(String topic, Event event, long waitNanos, Publisher publisher);

    /// The publisher is gone and hears nothing more. What still waits for room is not published.
    void withdraw(String topic, Publisher publisher);

    /// Finds where a subscriber begins, as [Logs#join], on the reader's own thread.
    ///
    /// @param ready called if the answer is not there yet, once, on any thread, when it is worth
    ///   asking again; must only schedule work
    /// @return null when it is not known yet
    @Nullable ResumePoint join(
            Reader reader, List<String> topics, @Nullable String lastEventId, Runnable ready);
}
