package io.spillgate.listener;

import io.spillgate.broker.Broker;
import io.spillgate.log.Publication;
import io.spillgate.log.Publisher;
import io.spillgate.net.Loops;
import io.spillgate.sse.Event;

import java.util.function.Consumer;

/// Publishes one event after the other to a topic, and brings back to the loop what became of one
/// that was not settled at once. Confined to a loop, as [RequestContext] asserts.
final class PendingPublish implements Publisher {
    private final RequestContext context;
    private final Broker broker;
    private final String topic;
    private final long mostWaitNanos;
    private final Consumer<Publication> outcome;
    private boolean waiting;

    /// Publishes for a request; its events wait as long as its listener allows.
    ///
    /// @param outcome is told what became of an event that was not settled at once
    PendingPublish(RequestContext context, String topic, Consumer<Publication> outcome) {
        this.context = context;
        broker = context.broker();
        this.topic = topic;
        mostWaitNanos = context.publishPolicy().blockNanos();
        this.outcome = outcome;
    }

    /// Whether an event is not settled yet.
    boolean isWaiting() {
        return waiting;
    }

    /// Publishes an event; must not be called while another one waits.
    ///
    /// @return what became of it; pending when the outcome is told later
    Publication publish(Event event) {
        Publication publication = broker.publish(topic, event, mostWaitNanos, this);
        waiting = publication instanceof Publication.Pending;
        return publication;
    }

    /// The publisher is gone.
    void cancel() {
        if (waiting) {
            waiting = false;
            broker.withdraw(topic, this);
        }
    }

    @Override
    public void settled(Publication settled) {
        Runnable telling = () -> context.stream().guard(() -> tell(settled));
        Loops.execute(context.stream().loop(), telling);
    }

    /// A publisher that is gone by now is told nothing, but its event counts.
    private void tell(Publication settled) {
        if (waiting) {
            waiting = false;
            outcome.accept(settled);
        } else if (settled instanceof Publication.Accepted accepted) {
            context.published(accepted);
        }
    }
}
