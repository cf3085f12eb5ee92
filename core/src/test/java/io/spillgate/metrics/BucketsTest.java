package io.spillgate.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Arrays;

class BucketsTest {
    @Test
    void boundsGoOneTwoFiveFromFiftyMicrosecondsToFiftySeconds() {
        assertThat(Buckets.upperBoundsSeconds())
                .containsExactly(
                        5e-5,
                        1e-4,
                        2e-4,
                        5e-4,
                        0.001,
                        0.002,
                        0.005,
                        0.01,
                        0.02,
                        0.05,
                        0.1,
                        0.2,
                        0.5,
                        1,
                        2,
                        5,
                        10,
                        20,
                        50,
                        Double.POSITIVE_INFINITY);
    }

    @Test
    void aBoundBelongsToTheBucketItEnds() {
        double[] bounds = Buckets.upperBoundsSeconds();
        for (int i = 0; i < bounds.length - 1; i++) {
            long bound = Math.round(bounds[i] * 1e9);
            assertThat(Buckets.indexOf(bound - 1)).as("%d ns", bound - 1).isEqualTo(i);
            assertThat(Buckets.indexOf(bound)).as("%d ns", bound).isEqualTo(i);
            assertThat(Buckets.indexOf(bound + 1)).as("%d ns", bound + 1).isEqualTo(i + 1);
        }
    }

    @Test
    void agreesWithASearchAroundEveryPowerOfTwo() {
        long[] bounds =
                Arrays.stream(Buckets.upperBoundsSeconds())
                        .limit(Buckets.COUNT - 1)
                        .mapToLong(seconds -> Math.round(seconds * 1e9))
                        .toArray();
        for (int power = 0; power < 63; power++) {
            for (long nanos = (1L << power) - 2; nanos <= (1L << power) + 2; nanos++) {
                int found = Arrays.binarySearch(bounds, nanos);
                int expected = found >= 0 ? found : -found - 1;
                assertThat(Buckets.indexOf(nanos)).as("%d ns", nanos).isEqualTo(expected);
            }
        }
    }

    @Test
    void takesEveryDurationHoweverOdd() {
        assertThat(Buckets.indexOf(0)).isZero();
        assertThat(Buckets.indexOf(-1)).isZero();
        assertThat(Buckets.indexOf(Long.MIN_VALUE)).isZero();
        assertThat(Buckets.indexOf(Long.MAX_VALUE)).isEqualTo(Buckets.COUNT - 1);
    }
}
