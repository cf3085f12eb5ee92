package io.spillgate.config;

import java.time.Duration;

/// Durations as the configuration writes them.
public final class Durations {
    /// The value of `infinite`: no limit.
    public static final Duration INFINITE = Duration.ofSeconds(Long.MAX_VALUE / 1_000_000_000L);

    private Durations() {}

    /// Whether the duration stands for "no limit".
    public static boolean isInfinite(Duration duration) {
        return duration.compareTo(INFINITE) >= 0;
    }

    /// Nanoseconds; the largest `long` for anything longer than 292 years.
    public static long nanos(Duration duration) {
        return isInfinite(duration) ? Long.MAX_VALUE : duration.toNanos();
    }

    /// The shortest exact form that the configuration reads back, for example `250ms` or `10s`.
    public static String format(Duration duration) {
        if (isInfinite(duration)) {
            return "infinite";
        }
        if (duration.toNanosPart() % 1_000_000 != 0) {
            return duration.toNanos() + "ns";
        }
        return duration.toMillisPart() == 0
                ? duration.toSeconds() + "s"
                : duration.toMillis() + "ms";
    }
}
