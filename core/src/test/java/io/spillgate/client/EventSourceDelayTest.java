package io.spillgate.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

class EventSourceDelayTest {
    private static final RandomGenerator LEAST = () -> 0;

    @ParameterizedTest
    @CsvSource({
        "0,3000",
        "1,3000",
        "2,6000",
        "3,12000",
        "4,24000",
        "5,30000",
        "6,30000",
        "9999,30000"
    })
    void doublesWithEachFailureUpToTheLongest(int failures, long millis) {
        assertThat(next(delay(LEAST), failures)).isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void addsUpToHalfAtRandom() {
        EventSourceDelay delay = delay(RandomGenerator.of("L64X128MixRandom"));
        List<Long> millis = Stream.generate(() -> next(delay, 0).toMillis()).limit(1000).toList();
        assertThat(millis)
                .allMatch(m -> m >= 3000 && m <= 4500)
                .anyMatch(m -> m < 3300)
                .anyMatch(m -> m > 4200);
    }

    @Test
    void waitsLongerThanTheLongestWhenAsked() {
        EventSourceDelay delay = delay(LEAST);
        delay.asked(120_000);
        assertThat(next(delay, 3)).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void waitsShorterThanTheFirstWhenAsked() {
        EventSourceDelay delay = delay(LEAST);
        delay.asked(250);
        assertThat(next(delay, 2)).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void doesNotSpinWhenAskedForNoTime() {
        EventSourceDelay delay = delay(LEAST);
        delay.asked(0);
        assertThat(next(delay, 0)).isEqualTo(EventSourceDelay.SHORTEST);
    }

    @Test
    void doesNotWaitForEverWhenAsked() {
        EventSourceDelay delay = delay(LEAST);
        delay.asked(Long.MAX_VALUE);
        assertThat(next(delay, 20)).isEqualTo(EventSourceDelay.LONGEST_ASKED);
    }

    @Test
    void doesNotComeBackBeforeTheAnswerSaid() {
        assertThat(delay(LEAST).next(1, Duration.ofSeconds(60))).isEqualTo(Duration.ofSeconds(60));
        assertThat(delay(LEAST).next(1, Duration.ofSeconds(1))).isEqualTo(Duration.ofSeconds(3));
    }

    private static EventSourceDelay delay(RandomGenerator random) {
        return new EventSourceDelay(Duration.ofSeconds(3), Duration.ofSeconds(30), random);
    }

    private static Duration next(EventSourceDelay delay, int failures) {
        return delay.next(failures, Duration.ZERO);
    }
}
