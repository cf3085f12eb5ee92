package io.spillgate.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UtilizationTest {
    @ParameterizedTest
    @CsvSource({
        // elapsed, idle, fan-out: requests / (requests + idle + what fan-out takes beyond them)
        "100, 100, 0, 0", "100, 0, 0, 1", "100, 5, 0, 0.95", "100, 0, 100, 0", "100, 0, 90, 0.1111",
        "100, 0, 50, 1", "100, 10, 45, 0.8182", "100, 50, 40, 0.1111", "100, 0, 10, 1", "0, 0, 0, 0"
    })
    void leavesFanOutOutOfTheAccount(long elapsed, long idle, long fanOut, double share) {
        assertThat(Utilization.share(elapsed, idle, fanOut)).isCloseTo(share, within(1e-4));
    }

    @Test
    void isTheMeanOfTheBusierHalf() {
        assertThat(Utilization.busierHalf(new double[] {0.1, 1, 0.3, 0.8})).isEqualTo(0.9);
        assertThat(Utilization.busierHalf(new double[] {1, 0.2, 0.5})).isEqualTo(0.75);
        assertThat(Utilization.busierHalf(new double[] {0.4})).isEqualTo(0.4);
        assertThat(Utilization.busierHalf(new double[] {0, 1})).isEqualTo(1);
    }
}
