package io.spillgate.it;

import io.spillgate.it.harness.Await;
import io.spillgate.local.ReceivedEvent;
import io.spillgate.local.StreamGap;
import io.spillgate.local.SubscriptionEnd;
import io.spillgate.local.SubscriptionListener;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/// A listener that remembers, and can be held up.
final class Heard implements SubscriptionListener {
    final List<ReceivedEvent> events = new CopyOnWriteArrayList<>();
    final List<StreamGap> gaps = new CopyOnWriteArrayList<>();
    final List<String> told = new CopyOnWriteArrayList<>();
    final CompletableFuture<SubscriptionEnd> end = new CompletableFuture<>();
    private volatile @Nullable Semaphore held;
    volatile boolean late;

    void hold() {
        held = new Semaphore(0);
    }

    void release() {
        Semaphore holding = held;
        if (holding != null) {
            holding.release(1_000_000);
        }
    }

    void await(int count) {
        Await.until(count + " events came", () -> events.size() >= count);
    }

    @Override
    public void event(ReceivedEvent event) {
        late |= end.isDone();
        events.add(event);
        told.add(event.text());
        Semaphore holding = held;
        if (holding != null) {
            holding.acquireUninterruptibly();
        }
    }

    @Override
    public void gap(StreamGap gap) {
        gaps.add(gap);
        told.add(gap.reason() + " " + gap.dropped());
    }

    @Override
    public void ended(SubscriptionEnd why) {
        end.complete(why);
    }
}
