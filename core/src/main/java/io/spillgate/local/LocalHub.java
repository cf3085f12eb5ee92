package io.spillgate.local;

import io.spillgate.broker.Broker;
import io.spillgate.config.TopicName;
import io.spillgate.hub.Hub;
import io.spillgate.hub.Shard;
import io.spillgate.local.HubFailure.Reason;
import io.spillgate.metrics.Cells;
import io.spillgate.net.Loops;
import io.spillgate.sse.Event;
import io.spillgate.sse.InvalidEvent;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// What a program does with the hub of its own gateway. It asks neither for a token nor for
/// admission, as the admin listener does not; every other limit holds. Thread safe.
public final class LocalHub implements LocalPublication.Waiting, AutoCloseable {
    private final Loops loops;
    private final Broker broker;
    private final Hub hub;
    private final Cells cells;
    private final Set<LocalPublication> publications = ConcurrentHashMap.newKeySet();
    private final Set<Unfinished> subscriptions = ConcurrentHashMap.newKeySet();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicInteger turn = new AtomicInteger();
    private volatile LocalLimits limits;
    private volatile boolean closed;

    /// @param cells for threads that are no event loop
    public LocalHub(Loops loops, Broker broker, Hub hub, Cells cells, LocalLimits limits) {
        this.loops = loops;
        this.broker = broker;
        this.hub = hub;
        this.cells = cells;
        this.limits = limits;
    }

    /// Takes over changed limits.
    public void apply(LocalLimits changed) {
        limits = changed;
    }

    /// Publishes an event, in the order of the calls of a thread.
    public CompletableFuture<Published> publish(String topic, Message message) {
        LocalLimits now = limits;
        if (closed) {
            return refuse(HubFailure.closed());
        }
        String fault = TopicName.fault(topic);
        if (fault != null) {
            return refuse(new HubFailure(Reason.INVALID, fault));
        }
        if (message.dataBytes() > now.maxDataBytes()) {
            String text =
                    "The data is longer than " + now.maxDataBytes() + " bytes (http.max_body_size)";
            return refuse(new HubFailure(Reason.TOO_LARGE, text));
        }
        try {
            Event event = message.event();
            return new LocalPublication(this, broker, cells, topic, event, now.blockNanos())
                    .begin();
        } catch (InvalidEvent e) {
            return refuse(new HubFailure(Reason.INVALID, e.reason()));
        }
    }

    /// Opens a subscription on the next loop.
    public CompletableFuture<Subscription> subscribe(
            List<String> topics,
            StreamStart start,
            SubscriptionListener listener,
            Executor executor) {
        List<String> distinct = List.copyOf(new LinkedHashSet<>(topics));
        String fault = fault(distinct);
        if (fault != null) {
            return refuse(new HubFailure(Reason.INVALID, fault));
        }
        CompletableFuture<Subscription> opened = new CompletableFuture<>();
        Shard shard = hub.shard(Math.floorMod(turn.getAndIncrement(), loops.all().size()));
        LocalOpening opening =
                new LocalOpening(
                        broker,
                        shard,
                        hub.watchedTopics(),
                        distinct,
                        start,
                        opened,
                        place -> open(distinct, place, listener, executor, opened));
        add(opening, subscriptions);
        opened.whenComplete((_, failure) -> {
            subscriptions.remove(opening);
            if (failure instanceof HubFailure refused) {
                refused.countIn(cells);
            }
        });
        opening.begin(limits.blockNanos());
        return opened;
    }

    /// Whether nothing waits for room, and nobody is subscribed.
    public boolean isIdle() {
        return publications.isEmpty() && subscriptions.isEmpty();
    }

    /// Ends all that is under way; first what waits for room, which subscriptions that end would
    /// free.
    @Override
    public void close() {
        closed = true;
        publications.forEach(Unfinished::shutDown);
        subscriptions.forEach(Unfinished::shutDown);
    }

    @Override
    public boolean hasRoom() {
        return waitingBytes.get() < limits.waitingBytes();
    }

    @Override
    public void add(LocalPublication publication, long bytes) {
        waitingBytes.addAndGet(bytes);
        add(publication, publications);
    }

    @Override
    public void remove(LocalPublication publication, long bytes) {
        if (publications.remove(publication)) {
            waitingBytes.addAndGet(-bytes);
        }
    }

    private LocalSubscription open(
            List<String> topics,
            String place,
            SubscriptionListener listener,
            Executor executor,
            CompletableFuture<Subscription> opened) {
        LocalSubscription subscription =
                new LocalSubscription(
                        topics, place, listener, executor, opened, subscriptions::remove);
        add(subscription, subscriptions);
        return subscription;
    }

    /// What is begun while the gateway is closed ends, too.
    private <T extends Unfinished> void add(T begun, Set<? super T> known) {
        known.add(begun);
        if (closed) {
            begun.shutDown();
        }
    }

    private <T> CompletableFuture<T> refuse(HubFailure failure) {
        return CompletableFuture.failedFuture(failure.countIn(cells));
    }

    private static @Nullable String fault(List<String> topics) {
        if (topics.isEmpty() || topics.size() > TopicName.MOST_IN_A_STREAM) {
            return topics.size() + " topics, must be 1 to " + TopicName.MOST_IN_A_STREAM;
        }
        for (String topic : topics) {
            String fault = TopicName.fault(topic);
            if (fault != null) {
                return fault;
            }
        }
        return null;
    }
}
