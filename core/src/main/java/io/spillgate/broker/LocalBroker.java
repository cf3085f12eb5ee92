package io.spillgate.broker;

import io.spillgate.log.LogLimits;
import io.spillgate.log.Logs;
import io.spillgate.log.Publication;
import io.spillgate.log.Publisher;
import io.spillgate.log.Reader;
import io.spillgate.log.ResumePoint;
import io.spillgate.log.TopicRules;
import io.spillgate.net.WallClock;
import io.spillgate.sse.Event;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// The broker of a single process that keeps its events in memory: the logs are all there is of it.
public final class LocalBroker implements Broker {
    private final Logs logs;

    /// A broker without events.
    ///
    /// @param epoch names this life of the broker, see [EventIds]
    public LocalBroker(String epoch, TopicRules rules, LogLimits limits, WallClock clock) {
        logs = new Logs(new EventIds(epoch), rules, limits, clock);
    }

    @Override
    public Logs logs() {
        return logs;
    }

    @Override
    public Publication publish(String topic, Event event, long waitNanos, Publisher publisher) {
        return logs.offer(topic, event, waitNanos, publisher);
    }

    @Override
    public void withdraw(String topic, Publisher publisher) {
        logs.withdraw(topic, publisher);
    }

    /// Known at once.
    @Override
    public ResumePoint join(
            Reader reader, List<String> topics, @Nullable String lastEventId, Runnable ready) {
        return logs.join(reader, topics, lastEventId);
    }
}
