package io.spillgate.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

final class ConnectionLimitTest {
    @Test
    void holdsExactlyTheLimit() {
        ConnectionLimit limit = new ConnectionLimit(2);

        assertThat(limit.tryAcquire()).isTrue();
        assertThat(limit.tryAcquire()).isTrue();
        assertThat(limit.tryAcquire()).isFalse();
        assertThat(limit.active()).isEqualTo(2);

        limit.release();
        assertThat(limit.active()).isEqualTo(1);
        assertThat(limit.tryAcquire()).isTrue();
    }

    @Test
    void keepsWhatIsHeldWhenTheLimitIsLowered() {
        ConnectionLimit limit = new ConnectionLimit(3);
        limit.tryAcquire();
        limit.tryAcquire();
        limit.tryAcquire();

        limit.setLimit(1);
        assertThat(limit.active()).isEqualTo(3);
        limit.release();
        limit.release();
        assertThat(limit.tryAcquire()).isFalse();
        limit.release();
        assertThat(limit.tryAcquire()).isTrue();

        limit.setLimit(2);
        assertThat(limit.limit()).isEqualTo(2);
        assertThat(limit.tryAcquire()).isTrue();
    }

    @Test
    void noticesAReleaseTooMany() {
        ConnectionLimit limit = new ConnectionLimit(1);

        assertThatThrownBy(limit::release).isInstanceOf(IllegalStateException.class);
        assertThat(limit.active()).isZero();
    }

    @Test
    void refusesANegativeLimit() {
        assertThatThrownBy(() -> new ConnectionLimit(-1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void neverHoldsMoreUnderContention() throws InterruptedException {
        ConnectionLimit limit = new ConnectionLimit(3);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        Thread[] threads = new Thread[8];
        for (int i = 0; i < threads.length; i++) {
            threads[i] =
                    Thread.ofPlatform()
                            .start(() -> {
                                await(start);
                                for (int round = 0; round < 20_000; round++) {
                                    if (limit.tryAcquire()) {
                                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                                        inside.decrementAndGet();
                                        limit.release();
                                    }
                                }
                            });
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(most.get()).isBetween(1, 3);
        assertThat(limit.active()).isZero();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
