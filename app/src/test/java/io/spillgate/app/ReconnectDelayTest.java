package io.spillgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

class ReconnectDelayTest {
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
    void doublesWithEachFailureUpToThirtySeconds(int failures, long millis) {
        assertThat(new ReconnectDelay(LEAST).next(failures)).isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void addsUpToHalfAtRandom() {
        ReconnectDelay delay = new ReconnectDelay(RandomGenerator.of("L64X128MixRandom"));
        List<Long> millis = Stream.generate(() -> delay.next(0).toMillis()).limit(1000).toList();
        assertThat(millis)
                .allMatch(m -> m >= 3000 && m <= 4500)
                .anyMatch(m -> m < 3300)
                .anyMatch(m -> m > 4200);
    }

    @Test
    void waitsLongerThanThirtySecondsWhenAsked() {
        ReconnectDelay delay = new ReconnectDelay(LEAST);
        delay.asked(120_000);
        assertThat(delay.next(3)).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void doesNotSpinWhenAskedForNoTime() {
        ReconnectDelay delay = new ReconnectDelay(LEAST);
        delay.asked(0);
        assertThat(delay.next(0)).isEqualTo(ReconnectDelay.SHORTEST);
    }

    @Test
    void survivesATimeThatIsFarTooLong() {
        ReconnectDelay delay = new ReconnectDelay(LEAST);
        delay.asked(Long.MAX_VALUE / 2);
        assertThat(delay.next(20)).isEqualTo(Duration.ofMillis(Long.MAX_VALUE / 2));
    }
}
