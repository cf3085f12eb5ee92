package io.spillgate.metrics;

/// The bounds of every histogram and the way from a duration to its bucket.
///
/// The bounds go 1-2-5 from 50 µs to 50 s; a bound belongs to the bucket it ends. Neighbours differ
/// by a factor of two or more, so between two powers of two lies at most one bound: the number of
/// leading zeros picks the bucket from a table, and one comparison corrects it.
final class Buckets {
    private static final long[] BOUNDS_NANOS = boundsNanos();
    private static final byte[] FIRST_BY_LEADING_ZEROS = firstByLeadingZeros();

    /// How many there are, the one without an upper bound included.
    static final int COUNT = BOUNDS_NANOS.length + 1;

    private Buckets() {}

    /// The bucket of a duration; what is negative (a clock that jumped) is in the first.
    static int indexOf(long nanos) {
        int bucket = FIRST_BY_LEADING_ZEROS[Long.numberOfLeadingZeros(Math.max(nanos, 0))];
        return bucket < BOUNDS_NANOS.length && nanos > BOUNDS_NANOS[bucket] ? bucket + 1 : bucket;
    }

    /// The inclusive upper bounds in seconds; the last is infinite.
    static double[] upperBoundsSeconds() {
        double[] seconds = new double[COUNT];
        for (int i = 0; i < BOUNDS_NANOS.length; i++) {
            seconds[i] = BOUNDS_NANOS[i] / 1e9;
        }
        seconds[COUNT - 1] = Double.POSITIVE_INFINITY;
        return seconds;
    }

    private static long[] boundsNanos() {
        long[] bounds = new long[19];
        long decade = 10_000;
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] =
                    switch (i % 3) {
                        case 0 -> 5 * decade;
                        case 1 -> 10 * decade;
                        default -> 20 * decade;
                    };
            decade = i % 3 == 2 ? 10 * decade : decade;
        }
        return bounds;
    }

    private static byte[] firstByLeadingZeros() {
        byte[] first = new byte[65];
        for (int zeros = 1; zeros <= 64; zeros++) {
            long smallest = zeros == 64 ? 0 : 1L << (63 - zeros);
            byte bucket = 0;
            while (bucket < BOUNDS_NANOS.length && BOUNDS_NANOS[bucket] < smallest) {
                bucket++;
            }
            first[zeros] = bucket;
        }
        return first;
    }
}
