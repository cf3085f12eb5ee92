package io.spillgate.hub;

import io.spillgate.broker.EventLog;
import io.spillgate.broker.TopicSettings;
import io.spillgate.config.OverflowPolicy;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// The order of a stream's events over its topics: always the lowest sequence next.
///
/// Queues of several topics take new events only together, up to heads that were read at the same
/// moment: every event that is not in a queue yet then has a higher sequence than all that are. So
/// what was delivered is always a prefix of the common order, and the last id of a stream stands
/// for all its topics.
final class Merge {
    private static final Subscription[] NONE = {};

    private final Shard shard;
    private final boolean single;
    private Subscription[] subscriptions = NONE;

    /// The order of no events: a subscriber's topics take part when they have some.
    ///
    /// @param topics how many the subscriber has
    Merge(Shard shard, int topics) {
        this.shard = shard;
        single = topics == 1;
    }

    void add(Subscription subscription) {
        Subscription[] more = Arrays.copyOf(subscriptions, subscriptions.length + 1);
        more[subscriptions.length] = subscription;
        subscriptions = more;
    }

    void remove(Subscription subscription) {
        subscriptions =
                Arrays.stream(subscriptions)
                        .filter(other -> other != subscription)
                        .toArray(Subscription[]::new);
    }

    Subscription[] subscriptions() {
        return subscriptions;
    }

    boolean hasWaiting() {
        for (Subscription subscription : subscriptions) {
            if (subscription.hasWaiting()) {
                return true;
            }
        }
        return false;
    }

    /// Whether everything of a replay is written. Replayed events come before all others, so one of
    /// the others that was begun tells the same.
    ///
    /// @param between whether no event is begun and not yet whole
    boolean hasReplayed(boolean between) {
        boolean all = true;
        for (Subscription subscription : subscriptions) {
            if (subscription.isPastReplay()) {
                return true;
            }
            all &= subscription.next() >= subscription.firstLive();
        }
        return all && between;
    }

    /// Events in all queues, without those of a replay.
    long waiting() {
        long waiting = 0;
        for (Subscription subscription : subscriptions) {
            waiting += subscription.waiting();
        }
        return waiting;
    }

    /// Takes what is new into the queues.
    ///
    /// @param topic the topic that has something new
    /// @param head its head; of several topics all heads are read again
    void offer(TopicShard topic, long head) {
        if (single) {
            count(topic, subscriptions[0].offer(head, topic.settings(), 0));
            return;
        }
        long[] heads = heads();
        for (int i = 0; i < heads.length; i++) {
            Subscription subscription = subscriptions[i];
            long beside = waiting() - subscription.waiting();
            TopicShard other = subscription.topic();
            count(other, subscription.offer(heads[i], other.settings(), beside));
        }
        dropOldest();
    }

    /// The heads of all topics at one moment. A topic that has begun to have events by then takes
    /// part from here on.
    private long[] heads() {
        while (true) {
            EventLog[] logs = new EventLog[subscriptions.length];
            for (int i = 0; i < logs.length; i++) {
                logs[i] = subscriptions[i].log();
            }
            long[] heads = new long[logs.length];
            if (shard.heads(logs, heads)) {
                return heads;
            }
            shard.beginTopics();
        }
    }

    /// Whether publishers wait because one of the queues is full.
    boolean blocksPublishers() {
        for (Subscription subscription : subscriptions) {
            TopicSettings settings = subscription.topic().settings();
            if (settings.policy() == OverflowPolicy.BLOCK
                    && subscription.waiting() >= settings.queueSize()) {
                return true;
            }
        }
        return false;
    }

    /// Has the logs keep what is left in the queues.
    void noteLag() {
        for (Subscription subscription : subscriptions) {
            subscription.topic().noteLag(subscription);
        }
    }

    /// The queue whose next event comes first. There must be one that has events waiting.
    Subscription first() {
        if (subscriptions.length == 1) {
            return subscriptions[0];
        }
        Subscription first = null;
        long lowest = Long.MAX_VALUE;
        for (Subscription subscription : subscriptions) {
            if (subscription.hasWaiting() && nextSequence(subscription) < lowest) {
                lowest = nextSequence(subscription);
                first = subscription;
            }
        }
        if (first == null) {
            throw new IllegalStateException("nothing waits");
        }
        return first;
    }

    /// The end of the events of a queue that go out before anything of another one.
    long end(Subscription first) {
        long end = first.end();
        for (Subscription subscription : subscriptions) {
            if (subscription != first && subscription.hasWaiting()) {
                end =
                        Math.min(
                                end,
                                first.log()
                                        .firstAfter(nextSequence(subscription), first.next(), end));
            }
        }
        return end;
    }

    /// A queue that has dropped events and not told of it; null when there is none.
    @Nullable Subscription untoldHole() {
        for (Subscription subscription : subscriptions) {
            if (subscription.hole() > 0) {
                return subscription;
            }
        }
        return null;
    }

    /// Drops the oldest events of all queues that do so, until everything fits together; the newest
    /// of them stays in any case.
    private void dropOldest() {
        for (long excess = 1; excess > 0; ) {
            Subscription oldest = null;
            long lowest = Long.MAX_VALUE;
            long second = Long.MAX_VALUE;
            long droppable = -1;
            for (Subscription subscription : subscriptions) {
                if (!subscription.dropsOldest()) {
                    continue;
                }
                droppable += subscription.waiting();
                long sequence = sequence(subscription, subscription.firstLive());
                second = Math.min(second, Math.max(sequence, lowest));
                oldest = sequence < lowest ? subscription : oldest;
                lowest = Math.min(lowest, sequence);
            }
            if (oldest == null) {
                return;
            }
            TopicShard topic = oldest.topic();
            excess = Math.min(droppable, waiting() - topic.settings().queueSize());
            if (excess > 0) {
                long first = oldest.firstLive();
                long end = Math.min(oldest.end(), first + excess);
                long older = oldest.log().firstAfter(second, first, end);
                count(topic, oldest.dropBefore(older));
            }
        }
    }

    private static void count(TopicShard topic, long dropped) {
        if (dropped > 0) {
            topic.shard().cells().dropped(topic.settings().policy(), dropped);
        }
    }

    private static long nextSequence(Subscription subscription) {
        return sequence(subscription, subscription.next());
    }

    private static long sequence(Subscription subscription, long index) {
        return subscription.log().entry(index).sequence();
    }
}
