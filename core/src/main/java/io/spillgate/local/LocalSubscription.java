package io.spillgate.local;

import io.spillgate.hub.LocalSubscriber;
import io.spillgate.hub.LocalTarget;
import io.spillgate.hub.Notice;
import io.spillgate.hub.StreamEnd;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// Brings the events of one subscription to its listener, a batch in each turn of the executor.
///
/// Its state is under its own lock, under which nothing is called; the listener's calls follow one
/// another because there is never more than one turn under way.
final class LocalSubscription implements Subscription, LocalTarget, Unfinished {
    private static final Logger LOG = LoggerFactory.getLogger(LocalSubscription.class);

    private final Object lock = new Object();
    private final List<String> topics;
    private final SubscriptionListener listener;
    private final Executor executor;
    private final Consumer<LocalSubscription> whenOver;
    private final CompletableFuture<Subscription> opened;
    private @Nullable LocalSubscriber subscriber;
    private @Nullable Batch batch;

    /// Whether a turn is under way, or will be: the first one is [#start].
    private boolean running = true;

    private volatile @Nullable SubscriptionEnd end;
    private volatile String lastEventId;

    private record Batch(List<Delivery> deliveries, Runnable done) {}

    /// @param place where it begins
    /// @param opened is completed before the listener hears of anything
    /// @param whenOver called once, when it has ended
    LocalSubscription(
            List<String> topics,
            String place,
            SubscriptionListener listener,
            Executor executor,
            CompletableFuture<Subscription> opened,
            Consumer<LocalSubscription> whenOver) {
        this.topics = topics;
        this.listener = listener;
        this.executor = executor;
        this.opened = opened;
        this.whenOver = whenOver;
        lastEventId = place;
    }

    @Override
    public List<String> topics() {
        return topics;
    }

    @Override
    public String lastEventId() {
        return lastEventId;
    }

    @Override
    public void close() {
        end(SubscriptionEnd.CLOSED);
    }

    @Override
    public void shutDown() {
        end(SubscriptionEnd.SHUTDOWN);
    }

    /// It is open, and fed by this subscriber.
    void begin(LocalSubscriber feeding) {
        boolean ended;
        synchronized (lock) {
            subscriber = feeding;
            ended = end != null;
        }
        if (ended) {
            feeding.close();
        }
    }

    /// The first turn of the executor, in which the listener hears that it is open.
    void start() {
        execute(this::open);
    }

    @Override
    public void take(List<Delivery> deliveries, Runnable done) {
        synchronized (lock) {
            batch = new Batch(deliveries, done);
            if (running) {
                return;
            }
            running = true;
        }
        execute(this::run);
    }

    @Override
    public void ended(StreamEnd why) {
        end(SubscriptionEnd.of(why));
    }

    private void end(SubscriptionEnd why) {
        LocalSubscriber feeding;
        boolean begins;
        synchronized (lock) {
            if (end != null) {
                return;
            }
            end = why;
            batch = null;
            feeding = subscriber;
            begins = !running;
            running = true;
        }
        whenOver.accept(this);
        if (feeding != null) {
            feeding.close();
        }
        if (begins) {
            execute(this::run);
        }
    }

    private void open() {
        if (opened.complete(this)) {
            call(() -> listener.opened(this));
            goOn();
        } else {
            // Cancelled meanwhile: the listener hears of nothing.
            close();
        }
    }

    /// One turn.
    private void run() {
        SubscriptionEnd over = end;
        Batch next;
        synchronized (lock) {
            next = batch;
            batch = null;
        }
        if (over != null) {
            call(() -> listener.ended(over));
            return;
        }
        if (next != null) {
            next.deliveries.forEach(this::tell);
            next.done.run();
        }
        goOn();
    }

    private void goOn() {
        synchronized (lock) {
            running = batch != null || end != null;
            if (!running) {
                return;
            }
        }
        execute(this::run);
    }

    private void tell(Delivery delivery) {
        if (end != null) {
            return;
        }
        switch (delivery) {
            case Delivery.Event(var entry) -> {
                if (call(() -> listener.event(new ReceivedEvent(entry)))) {
                    lastEventId = entry.id();
                }
            }
            case Delivery.Told(Notice.Opening opening) when opening.gap() != null -> {
                StreamGap gap = StreamGap.of(opening.gap());
                call(() -> listener.gap(gap));
            }
            case Delivery.Told(Notice.Overflow overflow) ->
                    call(() -> listener.gap(StreamGap.of(overflow)));
            case Delivery.Told _ -> {}
        }
    }

    /// @return whether the listener did its work
    private boolean call(Runnable listening) {
        try {
            listening.run();
            return true;
        } catch (Throwable e) {
            LOG.error("subscription_listener_failed topics={}", topics, e);
            end(SubscriptionEnd.FAILED);
            return false;
        }
    }

    /// An executor that takes nothing is replaced for the end, which has to be told.
    private void execute(Runnable turn) {
        try {
            executor.execute(turn);
        } catch (RuntimeException | Error e) {
            LOG.warn("subscription_executor_refuses topics={} reason=\"{}\"", topics, e.toString());
            end(SubscriptionEnd.FAILED);
            HubFailure never =
                    new HubFailure(
                            HubFailure.Reason.CLOSED, "the executor of the listener is shut down");
            Thread.startVirtualThread(() -> {
                boolean unheard = opened.completeExceptionally(never);
                if (!unheard) {
                    run();
                }
            });
        }
    }
}
