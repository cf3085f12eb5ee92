package io.spillgate.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Failures of connections, by a clock that stands still unless a test moves it.
class FaultsTest {
    private final AtomicLong nanoTime = new AtomicLong();
    private final CompletableFuture<Breakdown> broken = new CompletableFuture<>();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private boolean hasMemory;
    private int counted;
    private final Faults faults = new Faults(nanoTime::get, broken, () -> hasMemory);

    @Test
    void workThatFailsClosesItsConnection() {
        faults.guard(
                channel,
                () -> {
                    throw new IllegalStateException("a bug");
                });
        assertThat(channel.isOpen()).isFalse();
        assertThat(faults.isShortOfMemory()).isFalse();
    }

    @Test
    void workThatSucceedsDoesNot() {
        faults.guard(channel, () -> {});
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void aWriteThatFailsClosesItsConnection() {
        channel.newFailedFuture(new IOException("gone")).addListener(faults.closing());
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void memoryIsShortForFiveSecondsAfterAFailureToAllocate() {
        faults.counter(() -> counted++);
        fail();
        assertThat(counted).isEqualTo(1);
        pass(4_999);
        assertThat(faults.isShortOfMemory()).isTrue();
        pass(1);
        assertThat(faults.isShortOfMemory()).isFalse();
    }

    @Test
    void failuresForThirtySecondsAreABreakdown() {
        for (int second = 0; second < 30; second++) {
            fail();
            faults.look();
            assertThat(broken).as("after " + second + " s").isNotDone();
            pass(1000);
        }
        faults.look();
        assertThat(broken.join().what()).startsWith("memory_exhausted");
        assertThat(broken.join().cause()).isInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void oneSuccessBetweenIsHope() {
        for (int second = 0; second < 100; second++) {
            hasMemory = second % 29 == 28;
            fail();
            faults.look();
            pass(1000);
        }
        assertThat(broken).isNotDone();
    }

    @Test
    void memoryThatNobodyAsksForIsNotMissing() {
        fail();
        for (int second = 0; second < 100; second++) {
            faults.look();
            pass(1000);
        }
        assertThat(broken).isNotDone();
    }

    @Test
    void aPeriodicTaskThatFailsRunsAgain() {
        Runnable task = faults.periodic(this::fail);
        faults.periodic(
                        () -> {
                            throw new OutOfMemoryError("no room");
                        })
                .run();
        task.run();
        assertThat(faults.isShortOfMemory()).isTrue();
    }

    private void fail() {
        faults.guard(
                channel,
                () -> {
                    throw new OutOfMemoryError("no room");
                });
    }

    private void pass(long millis) {
        nanoTime.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }
}
