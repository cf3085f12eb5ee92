package io.spillgate.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.lifecycle.Lifecycle.State;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

final class LifecycleTest {
    private final Lifecycle lifecycle = new Lifecycle();

    @Test
    void isReadyFromTheTimeItIsBoundToTheShutdown() {
        assertThat(lifecycle.isReady()).isFalse();
        lifecycle.ready();
        assertThat(lifecycle.isReady()).isTrue();
        assertThat(lifecycle.isEnding()).isFalse();
        lifecycle.drain();
        assertThat(lifecycle.isReady()).isFalse();
        assertThat(lifecycle.isEnding()).isTrue();
        lifecycle.close();
        assertThat(lifecycle.isEnding()).isTrue();
    }

    @Test
    void neverGoesBack() {
        lifecycle.ready();
        assertThat(lifecycle.close()).isTrue();
        lifecycle.ready();
        assertThat(lifecycle.drain()).isFalse();
        assertThat(lifecycle.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void beginsTheShutdownOnceWhoeverAsks() throws InterruptedException {
        for (int race = 0; race < 200; race++) {
            Lifecycle contended = new Lifecycle();
            AtomicInteger begun = new AtomicInteger();
            List<Thread> threads =
                    IntStream.range(0, 3)
                            .mapToObj(i ->
                                    Thread.ofPlatform()
                                            .unstarted(() -> {
                                                if (contended.drain()) {
                                                    begun.incrementAndGet();
                                                }
                                            }))
                            .toList();
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(begun.get()).isEqualTo(1);
        }
    }

    @Test
    void canBeDrainedBeforeItIsReady() {
        assertThat(lifecycle.drain()).isTrue();
        lifecycle.ready();
        assertThat(lifecycle.state()).isEqualTo(State.DRAINING);
    }
}
