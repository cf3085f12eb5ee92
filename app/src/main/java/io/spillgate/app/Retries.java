package io.spillgate.app;

import picocli.CommandLine.Option;

import java.time.Duration;

/// How often, and when, a request that failed is sent again.
final class Retries {
    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    @Option(
            names = "--retries",
            paramLabel = "N",
            description = {
                "Tries again up to N times when no answer comes, or 429 or 5xx, after what the"
                        + " gateway asks for or 0.5 s, 1 s and so on up to 10 s. The event is"
                        + " delivered once: without --id it gets a random id. Default: 0."
            })
    private int most;

    /// Lets time go by.
    @FunctionalInterface
    interface Pause {
        void last(Duration time) throws InterruptedException;
    }

    /// Whether there is one at all.
    boolean wanted() {
        return most > 0;
    }

    /// Whether a value can't be meant.
    boolean isWrong() {
        return most < 0;
    }

    /// Whether there is one more after so many failures.
    boolean left(int failures) {
        return failures <= most;
    }

    /// How long to wait.
    ///
    /// @param failures so far, from 1
    /// @param asked what the gateway asked for; zero = nothing
    static Duration wait(int failures, Duration asked) {
        Duration own = FIRST.multipliedBy(1L << Math.min(failures - 1, 10));
        Duration bounded = own.compareTo(LONGEST) < 0 ? own : LONGEST;
        return asked.compareTo(bounded) > 0 ? asked : bounded;
    }
}
