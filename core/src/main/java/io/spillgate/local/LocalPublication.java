package io.spillgate.local;

import io.spillgate.broker.Broker;
import io.spillgate.local.HubFailure.Reason;
import io.spillgate.log.Publication;
import io.spillgate.log.Publisher;
import io.spillgate.metrics.Cells;
import io.spillgate.metrics.Counter;
import io.spillgate.sse.Event;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/// The publication of one event by a program. Any thread.
final class LocalPublication implements Publisher, Unfinished {
    /// About what the objects are large that make one wait.
    private static final long WAITING_BYTES = 512;

    private final Waiting waiting;
    private final Broker broker;
    private final Cells cells;
    private final String topic;
    private final Event event;
    private final AtomicBoolean over = new AtomicBoolean();
    private final CompletableFuture<Published> answer = new CompletableFuture<>();
    private final long mostWaitNanos;
    private boolean mayWait;

    /// The publications of the program that wait for room.
    interface Waiting {
        /// Whether another one may wait.
        boolean hasRoom();

        /// Holds one that waits.
        void add(LocalPublication publication, long bytes);

        /// One waits no longer.
        void remove(LocalPublication publication, long bytes);
    }

    /// @param mostWaitNanos how long the event may wait for room, if it may
    LocalPublication(
            Waiting waiting,
            Broker broker,
            Cells cells,
            String topic,
            Event event,
            long mostWaitNanos) {
        this.waiting = waiting;
        this.broker = broker;
        this.cells = cells;
        this.topic = topic;
        this.event = event;
        this.mostWaitNanos = mostWaitNanos;
    }

    /// Publishes now, or waits for room.
    CompletableFuture<Published> begin() {
        mayWait = waiting.hasRoom();
        Publication outcome = broker.publish(topic, event, mayWait ? mostWaitNanos : 0, this);
        if (!(outcome instanceof Publication.Pending)) {
            complete(outcome);
            return answer;
        }
        waiting.add(this, bytes());
        if (over.get()) {
            waiting.remove(this, bytes());
        } else {
            answer.whenComplete((_, _) -> withdraw());
        }
        return answer;
    }

    /// Completes the future on a thread of its own: what follows it may take as long as it likes.
    @Override
    public void settled(Publication outcome) {
        leave();
        Thread.startVirtualThread(() -> complete(outcome));
    }

    @Override
    public void shutDown() {
        if (withdraw()) {
            Thread.startVirtualThread(() -> answer.completeExceptionally(HubFailure.closed()));
        }
    }

    /// Nobody waits for the answer any more.
    private boolean withdraw() {
        boolean waits = leave();
        if (waits) {
            broker.withdraw(topic, this);
        }
        return waits;
    }

    private boolean leave() {
        boolean first = over.compareAndSet(false, true);
        if (first) {
            waiting.remove(this, bytes());
        }
        return first;
    }

    private void complete(Publication outcome) {
        if (outcome instanceof Publication.Accepted accepted) {
            cells.add(Counter.MESSAGES_PUBLISHED, accepted.fresh() ? 1 : 0);
            answer.complete(new Published(accepted.id(), !accepted.fresh()));
        } else {
            HubFailure failure = new HubFailure(reason(outcome), whyNot(outcome));
            answer.completeExceptionally(failure.countIn(cells));
        }
    }

    private String whyNot(Publication outcome) {
        return outcome instanceof Publication.Busy && !mayWait
                ? "Not published: there is no room, and events of this program that wait for some"
                        + " hold an eighth of hub.memory already"
                : Publication.whyNot(outcome, mostWaitNanos);
    }

    /// What the event holds while it waits, with all that waits with it.
    private long bytes() {
        return event.data().length + length(event.type()) + length(event.id()) + WAITING_BYTES;
    }

    private static long length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    private static Reason reason(Publication outcome) {
        return switch (outcome) {
            case Publication.Unconfirmed _ -> Reason.UNCONFIRMED;
            case Publication.Busy busy when busy.shortage() == Publication.Shortage.QUEUE ->
                    Reason.BLOCKED;
            default -> Reason.FULL;
        };
    }
}
