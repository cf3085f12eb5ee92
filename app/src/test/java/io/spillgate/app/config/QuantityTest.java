package io.spillgate.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillgate.config.Durations;
import io.spillgate.config.InvalidValue;
import io.spillgate.config.SizeLimit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

final class QuantityTest {
    @ParameterizedTest
    @CsvSource({
        "7ns, PT0.000000007S",
        "7 nanos, PT0.000000007S",
        "7us, PT0.000007S",
        "7 micros, PT0.000007S",
        "250ms, PT0.25S",
        "250 millis, PT0.25S",
        "1 millisecond, PT0.001S",
        "250 milliseconds, PT0.25S",
        "65s, PT65S",
        "4 sec, PT4S",
        "1 second, PT1S",
        "2 seconds, PT2S",
        "5m, PT5M",
        "2 min, PT2M",
        "1 minute, PT1M",
        "2 minutes, PT2M",
        "3h, PT3H",
        "1 hour, PT1H",
        "2 hours, PT2H",
        "1d, PT24H",
        "1 day, PT24H",
        "2 days, PT48H",
        "1.5 min, PT90S",
        "1.second, PT1S",
        "' 5S ', PT5S",
        "0s, PT0S"
    })
    void readsTimes(String text, Duration expected) {
        assertThat(Quantity.duration(text, Optional.empty())).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"infinite", "inf", "Infinite"})
    void infiniteIsATime(String text) {
        assertThat(Durations.isInfinite(Quantity.duration(text, Optional.empty()))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "s",
                "-1s",
                "+1s",
                "1 parsec",
                "1s2",
                "1,5s",
                "1e3s",
                "0x1s",
                "99999999999 days",
                "0.5ns",
                "1s s",
                "1.",
                "1..s"
            })
    void refusesWhatIsNoTime(String text) {
        assertThatThrownBy(() -> Quantity.duration(text, Optional.of(ChronoUnit.SECONDS)))
                .isInstanceOf(InvalidValue.class)
                .hasMessageStartingWith("is \"");
    }

    @Test
    void bareNumberNeedsAUnitUnlessTheKeyHasOne() {
        assertThat(Quantity.duration("5", Optional.of(ChronoUnit.MILLIS)))
                .isEqualTo(Duration.ofMillis(5));
        assertThatThrownBy(() -> Quantity.duration("5", Optional.empty()))
                .hasMessage("is \"5\" without a unit, must have one, as in 10s or 250ms");
    }

    @Test
    void zeroNeedsNoUnit() {
        assertThat(Quantity.duration("0", Optional.empty())).isEqualTo(Duration.ZERO);
    }

    @Test
    void limitOfASizeMayBeInfinite() {
        assertThat(Quantity.sizeLimit("Infinite")).isEqualTo(SizeLimit.INFINITE);
        assertThat(Quantity.sizeLimit("1k")).isEqualTo(new SizeLimit(1024));
        assertThatThrownBy(() -> Quantity.sizeLimit("none")).isInstanceOf(InvalidValue.class);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0", "8192, 8192", "1B, 1", "2 bytes, 2", "1kB, 1000", "1 MB, 1000000",
                "1GB, 1000000000",
        "64KiB, 65536", "1MiB, 1048576", "1 GiB, 1073741824", "8k, 8192", "1m, 1048576",
                "1G, 1073741824", "1.5KiB, 1536"
    })
    void readsSizes(String text, long expected) {
        assertThat(Quantity.bytes(text).bytes()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1XB", "1.5B", "KiB", "9999999999999999999GiB", "1 2"})
    void refusesWhatIsNoSize(String text) {
        assertThatThrownBy(() -> Quantity.bytes(text))
                .isInstanceOf(InvalidValue.class)
                .hasMessageStartingWith("is \"");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-5, -5",
        "500, 500",
        "100k, 100000",
        "50 K, 50000",
        "2M, 2000000",
        "2147483647, 2147483647"
    })
    void readsCounts(String text, int expected) {
        assertThat(Quantity.count(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "k",
                "1.5",
                "1.5k",
                "1e3",
                "0x10",
                "1_000",
                "2147483648",
                "3000M",
                "10s"
            })
    void refusesWhatIsNoCount(String text) {
        assertThatThrownBy(() -> Quantity.count(text))
                .isInstanceOf(InvalidValue.class)
                .hasMessageStartingWith("is \"");
    }
}
