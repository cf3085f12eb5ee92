package io.spillgate.listener;

import io.netty.channel.EventLoop;
import io.spillgate.broker.Broker;
import io.spillgate.broker.Publication;
import io.spillgate.net.Loops;
import io.spillgate.sse.Event;

import org.jspecify.annotations.Nullable;

import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Publishes one event after the other to a topic, and waits while subscribers have no room.
/// Confined to a loop, as [RequestContext] asserts.
final class PendingPublish {
    private final EventLoop loop;
    private final Consumer<Runnable> guard;
    private final Broker broker;
    private final String topic;
    private final long mostWaitNanos;
    private final LongSupplier nanoTime;
    private final Consumer<Publication> outcome;
    private @Nullable Event waiting;
    private @Nullable Runnable retry;
    private Publication busy = new Publication.Busy(Publication.Shortage.QUEUE);
    private long waitingSinceNanos;
    private long ticket;

    /// Publishes for a request, and waits as long as its listener allows.
    static PendingPublish of(RequestContext context, String topic, Consumer<Publication> outcome) {
        return new PendingPublish(
                context.stream().loop(),
                context.stream()::guard,
                context.broker(),
                topic,
                context.publishPolicy().blockNanos(),
                context.listenerLoop().meter().nanoTime(),
                outcome);
    }

    /// @param guard runs what goes on in a task
    /// @param mostWaitNanos longest wait for one event
    /// @param outcome is told what became of an event that had to wait; busy when it waited too
    ///   long
    PendingPublish(
            EventLoop loop,
            Consumer<Runnable> guard,
            Broker broker,
            String topic,
            long mostWaitNanos,
            LongSupplier nanoTime,
            Consumer<Publication> outcome) {
        this.loop = loop;
        this.guard = guard;
        this.broker = broker;
        this.topic = topic;
        this.mostWaitNanos = mostWaitNanos;
        this.nanoTime = nanoTime;
        this.outcome = outcome;
    }

    /// Whether an event waits.
    boolean isWaiting() {
        return waiting != null;
    }

    /// Publishes an event; must not be called while another one waits.
    ///
    /// @return what became of it; busy when it waits now and the outcome is told later
    Publication publish(Event event) {
        Publication publication = broker.publish(topic, event, false);
        if (!(publication instanceof Publication.Busy)) {
            return publication;
        }
        busy = publication;
        waiting = event;
        waitingSinceNanos = nanoTime.getAsLong();
        return await(event, false) ? publication : settle(tryAgain(event));
    }

    /// Gives up an event that has waited too long.
    void visit(long nowNanos) {
        if (waiting != null && nowNanos - waitingSinceNanos >= mostWaitNanos) {
            cancel();
            outcome.accept(busy);
        }
    }

    /// Forgets the event that waits.
    void cancel() {
        Runnable registered = retry;
        waiting = null;
        retry = null;
        if (registered != null) {
            broker.cancelAwait(topic, registered);
        }
    }

    private boolean await(Event event, boolean waited) {
        long current = ++ticket;
        Runnable task = () -> guard.accept(() -> calledBack(current, event));
        Runnable callback = () -> Loops.execute(loop, task);
        retry = callback;
        return broker.awaitRoom(topic, callback, waited);
    }

    /// Called back for the room that this event was waiting for, unless it was given up meanwhile.
    private void calledBack(long called, Event event) {
        if (called != ticket || waiting == null) {
            return;
        }
        Publication publication = tryAgain(event);
        if (!(publication instanceof Publication.Busy)) {
            outcome.accept(settle(publication));
        }
    }

    /// Tries until it is published, refused, or registered to be called back.
    private Publication tryAgain(Event event) {
        Publication publication = broker.publish(topic, event, true);
        while (publication instanceof Publication.Busy && !await(event, true)) {
            publication = broker.publish(topic, event, true);
        }
        busy = publication;
        return publication;
    }

    private Publication settle(Publication publication) {
        if (!(publication instanceof Publication.Busy)) {
            waiting = null;
            retry = null;
        }
        return publication;
    }
}
