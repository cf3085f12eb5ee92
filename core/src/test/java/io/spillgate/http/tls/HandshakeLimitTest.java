package io.spillgate.http.tls;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

@Timeout(60)
final class HandshakeLimitTest {
    @Test
    void whoComesWhenAllPlacesAreTakenWaitsInOrder() {
        HandshakeLimit limit = new HandshakeLimit(2);
        List<Integer> begun = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            limit.ask(() -> begun.add(number));
        }
        assertThat(begun).containsExactly(0, 1);
        limit.end();
        assertThat(begun).containsExactly(0, 1, 2);
        limit.limit(4);
        assertThat(begun).containsExactly(0, 1, 2, 3, 4);
        limit.limit(1);
        limit.ask(() -> begun.add(5));
        for (int i = 0; i < 3; i++) {
            limit.end();
        }
        assertThat(begun).hasSize(5);
        limit.end();
        assertThat(begun).endsWith(5);
    }

    @Test
    void nobodyIsForgottenAndNoPlaceIsGivenTwiceInAThousandRaces() throws Exception {
        int crowd = 20;
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int race = 0; race < 1000; race++) {
                HandshakeLimit limit = new HandshakeLimit(2);
                CountDownLatch left = new CountDownLatch(crowd);
                AtomicInteger inside = new AtomicInteger();
                AtomicInteger most = new AtomicInteger();
                for (int i = 0; i < crowd; i++) {
                    threads.execute(() ->
                            limit.ask(() ->
                                    threads.execute(() -> {
                                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                                        inside.decrementAndGet();
                                        limit.end();
                                        left.countDown();
                                    })));
                }
                left.await();
                assertThat(most.get()).isBetween(1, 2);
            }
        }
    }
}
